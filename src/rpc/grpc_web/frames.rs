//! Cuts a gRPC-Web body into frames: one flag byte, four length bytes, payload. Pieces may be cut anywhere.

/// The 5-byte head of the frame around an outgoing message, and the message.
#[must_use]
pub fn encode(message: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(message.len()).ok()?;
    let mut frame = Vec::with_capacity(HEAD + message.len());
    frame.push(0);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(message);
    Some(frame)
}

const HEAD: usize = 5;
const COMPRESSED: u8 = 0x01;
const TRAILERS: u8 = 0x80;

/// Trailers larger than this are refused, whatever the limit for messages.
pub const TRAILERS_LIMIT: usize = 1 << 20;

/// A payload gets at most this much memory before its bytes arrive: the announced length may be a lie.
const TRUST: usize = 4 << 20;

/// What was read of a reply's body so far. A unary reply is at most one message, then one block of trailers.
#[derive(Debug)]
pub struct Frames {
    limit: usize,
    message: Option<Vec<u8>>,
    trailers: Option<Vec<u8>>,
    state: State,
}

#[derive(Debug)]
enum State {
    Head { bytes: [u8; HEAD], filled: usize },
    Payload { trailers: bool, length: usize, bytes: Vec<u8> },
}

const AT_FRAME: State = State::Head { bytes: [0; HEAD], filled: 0 };

/// Why a body is not that of a unary gRPC-Web reply.
#[derive(Debug, PartialEq, Eq)]
pub enum FrameError {
    /// A frame announces a compressed payload.
    Compressed,
    /// A flag byte that gRPC-Web does not define: most likely the body is something else.
    UnknownFlag(u8),
    /// A frame announces more than the limit.
    TooLarge {
        /// Bytes announced.
        announced: usize,
        /// Bytes allowed.
        limit: usize,
        /// The frame holds trailers.
        trailers: bool,
    },
    /// A second message began.
    ExtraMessage,
    /// Bytes after the trailers.
    AfterTrailers,
}

/// A body that ended well.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The message, if there was one.
    pub message: Option<Vec<u8>>,
    /// The payload of the trailers frame, if there was one.
    pub trailers: Option<Vec<u8>>,
    /// The bytes of a frame that was begun and not ended; 0 for a whole body.
    pub cut: usize,
}

impl Frames {
    /// Reads messages of up to `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Frames { limit, message: None, trailers: None, state: AT_FRAME }
    }

    /// Takes the next piece of the body. After an error, reading on makes no sense.
    pub fn push(&mut self, chunk: Vec<u8>) -> Result<(), FrameError> {
        let mut chunk = chunk;
        if let Some(rest) = self.take_whole_message(&mut chunk)? {
            return self.copy(&rest);
        }
        self.copy(&chunk)
    }

    /// No byte was read yet.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        matches!(self.state, State::Head { filled: 0, .. }) && self.message.is_none() && self.trailers.is_none()
    }

    /// The trailers are there: nothing more belongs to the reply.
    #[must_use]
    pub fn has_trailers(&self) -> bool {
        self.trailers.is_some()
    }

    /// What there is when no more bytes come.
    #[must_use]
    pub fn finish(self) -> Body {
        let cut = match &self.state {
            State::Head { filled, .. } => *filled,
            State::Payload { bytes, .. } => HEAD + bytes.len(),
        };
        Body { message: self.message, trailers: self.trailers, cut }
    }

    /// The usual reply comes in one piece: then the piece's own memory becomes the message. Returns what follows it.
    fn take_whole_message(&mut self, chunk: &mut Vec<u8>) -> Result<Option<Vec<u8>>, FrameError> {
        if !matches!(self.state, State::Head { filled: 0, .. }) || self.trailers.is_some() {
            return Ok(None);
        }
        let Some(head) = chunk.first_chunk::<HEAD>() else { return Ok(None) };
        if head.first() != Some(&0) {
            return Ok(None);
        }
        let (_, length) = self.announced(*head)?;
        let end = HEAD.saturating_add(length);
        if chunk.len() < end {
            return Ok(None);
        }
        let rest = chunk.split_off(end);
        chunk.drain(..HEAD);
        self.message = Some(std::mem::take(chunk));
        Ok(Some(rest))
    }

    fn copy(&mut self, mut chunk: &[u8]) -> Result<(), FrameError> {
        while !chunk.is_empty() {
            if self.trailers.is_some() {
                return Err(FrameError::AfterTrailers);
            }
            match &mut self.state {
                State::Head { bytes, filled } => {
                    let (now, rest) = chunk.split_at(chunk.len().min(HEAD - *filled));
                    for (slot, byte) in bytes.iter_mut().skip(*filled).zip(now) {
                        *slot = *byte;
                    }
                    *filled += now.len();
                    chunk = rest;
                    if *filled == HEAD {
                        let head = *bytes;
                        let (trailers, length) = self.announced(head)?;
                        let bytes = Vec::with_capacity(length.min(TRUST));
                        self.state = State::Payload { trailers, length, bytes };
                    }
                }
                State::Payload { length, bytes, .. } => {
                    let (now, rest) = chunk.split_at(chunk.len().min(*length - bytes.len()));
                    bytes.extend_from_slice(now);
                    chunk = rest;
                }
            }
            self.close_full();
        }
        Ok(())
    }

    /// What a frame's head announces, trailers or not and how many bytes; an error as soon as it can't become a
    /// valid reply.
    fn announced(&self, head: [u8; HEAD]) -> Result<(bool, usize), FrameError> {
        let [flag, length @ ..] = head;
        let trailers = match flag {
            0 => false,
            TRAILERS => true,
            _ if flag & !(TRAILERS | COMPRESSED) == 0 => return Err(FrameError::Compressed),
            _ => return Err(FrameError::UnknownFlag(flag)),
        };
        if !trailers && self.message.is_some() {
            return Err(FrameError::ExtraMessage);
        }
        let limit = if trailers { TRAILERS_LIMIT } else { self.limit };
        let announced = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(FrameError::TooLarge { announced, limit, trailers });
        }
        Ok((trailers, announced))
    }

    fn close_full(&mut self) {
        let State::Payload { trailers, length, bytes } = &mut self.state else { return };
        if bytes.len() < *length {
            return;
        }
        let slot = if *trailers { &mut self.trailers } else { &mut self.message };
        *slot = Some(std::mem::take(bytes));
        self.state = AT_FRAME;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn frame(flag: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![flag];
        frame.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend_from_slice(payload);
        frame
    }

    fn read(chunks: impl IntoIterator<Item = Vec<u8>>) -> Result<Body, FrameError> {
        read_up_to(1000, chunks)
    }

    fn read_up_to(limit: usize, chunks: impl IntoIterator<Item = Vec<u8>>) -> Result<Body, FrameError> {
        let mut frames = Frames::new(limit);
        for chunk in chunks {
            frames.push(chunk)?;
        }
        Ok(frames.finish())
    }

    fn whole(message: &[u8], trailers: &[u8]) -> Body {
        Body { message: Some(message.to_vec()), trailers: Some(trailers.to_vec()), cut: 0 }
    }

    #[test]
    fn message_and_trailers_in_one_chunk() {
        let body = [frame(0, b"hello"), frame(0x80, b"grpc-status:0")].concat();
        assert_eq!(read([body]), Ok(whole(b"hello", b"grpc-status:0")));
    }

    #[test]
    fn message_and_trailers_byte_by_byte() {
        let body = [frame(0, b"hello"), frame(0x80, b"grpc-status:0")].concat();
        assert_eq!(read(body.into_iter().map(|byte| vec![byte])), Ok(whole(b"hello", b"grpc-status:0")));
    }

    #[test]
    fn message_and_trailers_cut_at_every_place() {
        let body = [frame(0, b"hello"), frame(0x80, b"grpc-status:0")].concat();
        for cut in 0..=body.len() {
            let pieces = [body[..cut].to_vec(), Vec::new(), body[cut..].to_vec()];
            assert_eq!(read(pieces), Ok(whole(b"hello", b"grpc-status:0")), "cut at {cut}");
        }
    }

    #[test]
    fn whole_message_in_one_chunk_keeps_its_memory() {
        let chunk = [frame(0, &[7; 500]), frame(0x80, b"")].concat();
        let before = chunk.as_ptr();
        let body = read([chunk]).unwrap();
        assert_eq!(body.message.as_deref().map(<[u8]>::as_ptr), Some(before));
    }

    #[test]
    fn empty_message_is_a_message() {
        assert_eq!(read([frame(0, b""), frame(0x80, b"x")]), Ok(whole(b"", b"x")));
        let bytes = [frame(0, b""), frame(0x80, b"x")].concat().into_iter().map(|byte| vec![byte]);
        assert_eq!(read(bytes), Ok(whole(b"", b"x")));
    }

    #[test]
    fn empty_body_has_neither_message_nor_trailers() {
        assert_eq!(read([]), Ok(Body::default()));
    }

    #[test]
    fn truncated_body_tells_how_much_of_the_frame_came() {
        assert_eq!(read([frame(0, b"hello")[..7].to_vec()]).unwrap().cut, 7);
        assert_eq!(read([vec![0, 0]]).unwrap().cut, 2);
        let body = read([frame(0, b"hello"), vec![0x80]]).unwrap();
        assert_eq!((body.message.as_deref(), body.cut), (Some(&b"hello"[..]), 1));
    }

    #[test]
    fn second_message_is_refused_at_its_head() {
        assert_eq!(read([frame(0, b"a"), frame(0, b"b")[..5].to_vec()]), Err(FrameError::ExtraMessage));
        assert_eq!(read([[frame(0, b"a"), frame(0, b"b")].concat()]), Err(FrameError::ExtraMessage));
    }

    #[test]
    fn anything_after_the_trailers_is_refused() {
        assert_eq!(read([frame(0x80, b"t"), vec![0]]), Err(FrameError::AfterTrailers));
        assert_eq!(read([frame(0x80, b"t"), frame(0, b"m")]), Err(FrameError::AfterTrailers));
        assert_eq!(read([[frame(0x80, b"t"), frame(0x80, b"t")].concat()]), Err(FrameError::AfterTrailers));
        assert_eq!(read([[frame(0, b""), frame(0x80, b"t"), vec![0]].concat()]), Err(FrameError::AfterTrailers));
    }

    #[test]
    fn compressed_frames_are_refused() {
        assert_eq!(read([frame(1, b"m")]), Err(FrameError::Compressed));
        assert_eq!(read([frame(0x81, b"t")]), Err(FrameError::Compressed));
    }

    #[test]
    fn html_is_not_a_frame() {
        assert_eq!(read([b"<html>".to_vec()]), Err(FrameError::UnknownFlag(b'<')));
    }

    #[test]
    fn oversize_is_refused_from_the_announced_length() {
        let error = FrameError::TooLarge { announced: 11, limit: 10, trailers: false };
        assert_eq!(read_up_to(10, [vec![0, 0, 0, 0, 11]]), Err(error));
        assert_eq!(read_up_to(10, [frame(0, &[1; 10])]).unwrap().message, Some(vec![1; 10]));
    }

    #[test]
    fn trailers_have_a_limit_of_their_own() {
        assert_eq!(read_up_to(0, [frame(0x80, &[b'x'; 500])]).unwrap().trailers.map(|t| t.len()), Some(500));
        assert!(matches!(read([vec![0x80, 0xff, 0, 0, 0]]), Err(FrameError::TooLarge { trailers: true, .. })));
    }

    #[test]
    fn encoded_message_is_read_back() {
        assert_eq!(encode(b"hello").unwrap(), frame(0, b"hello"));
        assert_eq!(encode(b"").unwrap(), frame(0, b""));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_give_the_same_answer(body: Vec<u8>, cuts: Vec<u8>) {
            let mut pieces = Vec::new();
            let mut rest = body.as_slice();
            for cut in cuts {
                let (now, later) = rest.split_at(rest.len().min(usize::from(cut)));
                pieces.push(now.to_vec());
                rest = later;
            }
            pieces.push(rest.to_vec());
            prop_assert_eq!(read(pieces), read([body]));
        }

        #[test]
        fn any_message_survives_any_pieces(message: Vec<u8>, size in 1usize..50) {
            let body = [frame(0, &message), frame(0x80, b"t")].concat();
            let mut frames = Frames::new(usize::MAX);
            for piece in body.chunks(size) {
                frames.push(piece.to_vec()).unwrap();
            }
            prop_assert_eq!(frames.finish(), whole(&message, b"t"));
        }
    }
}

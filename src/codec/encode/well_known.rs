//! The well-known types, whose JSON is not that of other messages: times, durations, wrappers, `Any`, free JSON.

use std::borrow::Cow;

use super::*;

impl<'a> Encoder<'a> {
    #[inline(never)]
    pub(super) fn well_known(&mut self, def: &'static MessageDef) -> Outcome {
        let first = def.fields().first();
        match (def.form, first) {
            (Form::Timestamp, _) => self.moment(parse_timestamp, "an RFC 3339 time, like \"2024-02-29T12:00:00.5Z\""),
            (Form::Duration, _) => self.moment(parse_duration, "a duration in seconds, like \"1.5s\""),
            (Form::Any, _) => self.any(),
            (Form::Value, _) => self.free_value(def),
            // Where it stands alone; a field that is null is left out before it comes here.
            (Form::Wrapper, _) if self.json.take_word("null").is_ok() => Ok(()),
            (Form::Wrapper, Some(field)) => self.singular(field),
            (_, Some(field)) => self.field(field),
            _ => Err(self.expected("no such type")),
        }
    }

    fn moment(&mut self, parse: fn(&[u8]) -> Option<Moment>, expected: &'static str) -> Outcome {
        let at = self.json.at;
        let moment = self.json.string().ok().and_then(|text| parse(&text));
        let Some(moment) = moment else { return Err(self.expected_at(at, Cow::Borrowed(expected))) };
        for (number, value) in [(1, moment.seconds), (2, moment.nanos.into())] {
            if value != 0 {
                push_tag(&mut self.out, number, VARINT);
                push_varint(&mut self.out, value as u64);
            }
        }
        Ok(())
    }

    /// google.protobuf.Value: whatever comes.
    fn free_value(&mut self, def: &'static MessageDef) -> Outcome {
        let kind = match self.json.peek() {
            b'n' => 1,
            b'"' => 3,
            b't' | b'f' => 4,
            b'{' => 5,
            b'[' => 6,
            // As a string, "NaN" is text here; the number has to be a number.
            b'-' | b'0'..=b'9' => 2,
            _ => return Err(self.expected("a value")),
        };
        match def.fields().iter().find(|field| field.number == kind) {
            Some(field) => self.singular(field),
            None => Err(self.expected("no such type")),
        }
    }

    fn any(&mut self) -> Outcome {
        if self.json.peek() != b'{' {
            return Err(self.expected("an object with \"@type\""));
        }
        let start = self.json.at;
        let Some(url) = self.find_type()? else {
            self.json.at = start + 1;
            return match self.json.next() {
                b'}' => {
                    self.json.at += 1;
                    Ok(())
                }
                _ => Err(self.failed(Cow::Borrowed("\"@type\""), "an object without it".to_owned())),
            };
        };
        self.json.at = start;
        push_tag(&mut self.out, 1, BYTES);
        push_bytes(&mut self.out, &url);
        push_tag(&mut self.out, 2, BYTES);
        let value = open(&mut self.out);
        match any_type(&url) {
            Some(id) if id.def().form == Form::Plain => {
                self.fields(id.def(), true)?;
                close(&mut self.out, value);
                Ok(())
            }
            known => self.any_value(known, value),
        }
    }

    /// The `@type` of an object, wherever it stands among the members.
    fn find_type(&mut self) -> Outcome<Option<Cow<'a, [u8]>>> {
        self.json.at += 1;
        let mut first = true;
        loop {
            let more = self.json.more(&mut first, b'}');
            if !self.syntax(more)? {
                return Ok(None);
            }
            let name = self.json.name();
            if *self.syntax(name)? == *b"@type" {
                let at = self.json.at;
                let url = self.json.string().ok().filter(|url| !url.is_empty());
                return match url {
                    Some(url) => Ok(Some(url)),
                    None => {
                        self.steps.push(Step::Key("@type".to_owned()));
                        Err(self.expected_at(at, Cow::Borrowed("the URL of a type")))
                    }
                };
            }
            let skipped = self.json.skip_value(MAX_DEPTH - self.depth + 1);
            self.syntax(skipped)?;
        }
    }

    /// The members of an Any whose type is no plain object: its JSON is the member `value`. Of a type that is not known
    /// that is base64, as the decoder writes it.
    fn any_value(&mut self, known: Option<MessageId>, start: usize) -> Outcome {
        self.json.at += 1;
        let (mut first, mut values, mut types) = (true, 0, 0);
        loop {
            let more = self.json.more(&mut first, b'}');
            if !self.syntax(more)? {
                break;
            }
            let name = self.json.name();
            let name = self.syntax(name)?;
            match (&*name, known) {
                (b"@type", _) if types == 0 => {
                    types += 1;
                    let url = self.json.string();
                    self.syntax(url)?;
                }
                (b"value", _) if values == 0 => {
                    values += 1;
                    let outcome = match known {
                        Some(id) => self.message(id),
                        None => self.unknown_bytes(),
                    };
                    outcome.inspect_err(|_| self.steps.push(Step::Field("value")))?;
                }
                _ => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    self.steps.push(Step::Key(name.clone()));
                    return Err(self.failed(Cow::Borrowed("\"@type\" and \"value\", once each"), name));
                }
            }
        }
        if values == 0 {
            let what =
                if known.is_some() { "a member \"value\"" } else { "a type that is known, or its bytes as \"value\"" };
            return Err(self.failed(Cow::Borrowed(what), "none".to_owned()));
        }
        close(&mut self.out, start);
        Ok(())
    }

    fn unknown_bytes(&mut self) -> Outcome {
        let at = self.json.at;
        let bytes = self.json.string().ok();
        let done =
            bytes.as_deref().and_then(base64_length).is_some_and(|(text, _)| push_from_base64(&mut self.out, text));
        done.then_some(())
            .ok_or_else(|| self.expected_at(at, Cow::Borrowed("bytes in base64, because the \"@type\" is not known")))
    }
}

//! Large lists as rows: a partial reader that takes a few columns out of a list reply and skips all the rest. What it
//! returns crosses into JavaScript in a few blocks: each is one text with UTF-16 offsets, and one array of numbers.

use super::columns::{tag_of, Action, Column, ColumnKind, Columns, Node};
use super::error::{path_text, Step, WireError};
use super::row_lists::RowList;
use super::wire::{Fault, Wire, VARINT};
use crate::idl::schema::{FieldDef, MessageId};

/// The rows of a list.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// All rows, in order.
    pub blocks: Vec<Block>,
    /// The token for the next page; empty on the last one.
    pub token: String,
}

/// Some hundred rows.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// How many rows there are.
    pub count: usize,
    /// All texts, row after row, in the order of the text columns; UTF-8.
    pub text: Vec<u8>,
    /// Where each text starts in UTF-16 units, and at last where all end: `count * text columns + 1` of them.
    pub offsets: Vec<u32>,
    /// All numbers, row after row, in the order of the columns that are no text.
    pub numbers: Vec<f64>,
}

/// JavaScript engines keep longer texts apart from small objects, which takes several times as long. In bytes.
const FULL: usize = 64 * 1024;

/// Reads some columns of a list.
#[derive(Debug)]
pub struct RowReader {
    rows_field: &'static FieldDef,
    token_field: &'static FieldDef,
    columns: Columns,
}

/// A row while it is being read: bytes of each text, and seconds with nanoseconds of each number.
struct Scratch<'a> {
    texts: Vec<&'a [u8]>,
    numbers: Vec<Option<(i64, i32)>>,
}

impl RowReader {
    /// A reader of the named columns, in their order.
    ///
    /// # Errors
    /// The first name that the list does not have.
    pub fn new<'n>(list: RowList, names: &[&'n str]) -> Result<RowReader, &'n str> {
        let broken = names.first().copied().unwrap_or_default();
        let def = MessageId::by_name(list.message_name()).ok_or(broken)?.def();
        let [rows_field, token_field] = def.fields() else { return Err(broken) };
        let columns = Columns::of(rows_field.message().def(), list.table(), names)?;
        Ok(RowReader { rows_field, token_field, columns })
    }

    /// The columns, as asked for.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns.all
    }

    /// How many of the columns are text.
    #[must_use]
    pub fn text_columns(&self) -> usize {
        self.columns.texts
    }

    /// Reads a list reply.
    ///
    /// # Errors
    /// Bytes that are not such a message, as far as the columns are concerned; text that is not UTF-8.
    pub fn read(&self, bytes: &[u8]) -> Result<Rows, WireError> {
        let mut rows = Rows::default();
        self.read_into(&mut rows, bytes).map_err(|fault| {
            let place = rows.blocks.iter().map(|block| block.count).sum();
            let steps = [Step::Index(place), Step::Field(self.rows_field.name())];
            WireError { path: path_text(&steps), reason: fault.text() }
        })?;
        Ok(rows)
    }

    fn read_into(&self, rows: &mut Rows, bytes: &[u8]) -> Result<(), Fault> {
        let (rows_tag, token_tag) = (tag_of(self.rows_field), tag_of(self.token_field));
        let mut scratch =
            Scratch { texts: vec![&[]; self.columns.texts], numbers: vec![None; self.columns.number_kinds.len()] };
        let mut wire = Wire::new(bytes);
        loop {
            let tag = wire.tag()?;
            if tag == 0 {
                return Ok(());
            } else if tag == rows_tag {
                scratch.texts.fill(&[]);
                scratch.numbers.fill(None);
                self.message(&mut scratch, 0, wire.bytes()?)?;
                self.push_row(&mut rows.blocks, &scratch)?;
            } else if tag == token_tag {
                rows.token = text_of(wire.bytes()?)?.to_owned();
            } else {
                wire.skip(tag)?;
            }
        }
    }

    /// Reads the fields of a message that lead to columns.
    fn message<'a>(&self, scratch: &mut Scratch<'a>, node: usize, bytes: &'a [u8]) -> Result<(), Fault> {
        let Some(Node { steps, by_tag }) = self.columns.nodes.get(node) else { return Ok(()) };
        let mut wire = Wire::new(bytes);
        loop {
            let tag = wire.quick_tag()?;
            if tag == 0 {
                return Ok(());
            }
            let mut action = by_tag.get(tag as usize).copied().unwrap_or(Action::Nothing);
            if let Action::OneOf(place) = action {
                let Some(step) = steps.get(place) else { return Ok(()) };
                step.forget.iter().for_each(|place| scratch.forget(*place));
                action = step.action;
            }
            match action {
                Action::Enter(node) => self.message(scratch, node, wire.quick_bytes()?)?,
                Action::Text(place) => {
                    if let Some(text) = scratch.texts.get_mut(place) {
                        *text = wire.quick_bytes()?;
                    }
                }
                Action::Number(place) => {
                    if let Some(number) = scratch.numbers.get_mut(place) {
                        *number = Some((wire.quick_varint()? as i64, 0));
                    }
                }
                Action::Moment(place) => {
                    if let Some(number) = scratch.numbers.get_mut(place) {
                        *number = Some(moment(number.unwrap_or_default(), wire.quick_bytes()?)?);
                    }
                }
                Action::Nothing | Action::OneOf(_) => wire.quick_skip(tag)?,
            }
        }
    }

    fn push_row(&self, blocks: &mut Vec<Block>, scratch: &Scratch) -> Result<(), Fault> {
        if blocks.last().is_none_or(|block| block.text.len() >= FULL) {
            // With a guess that is rarely passed: growing means copying.
            blocks.push(Block { text: Vec::with_capacity(FULL + FULL / 4), offsets: vec![0], ..Block::default() });
        }
        let Some(rows) = blocks.last_mut() else { return Ok(()) };
        let mut end = rows.offsets.last().copied().unwrap_or_default();
        for bytes in &scratch.texts {
            let units = if bytes.is_ascii() { bytes.len() } else { text_of(bytes)?.encode_utf16().count() };
            end += units as u32;
            rows.text.extend_from_slice(bytes);
            rows.offsets.push(end);
        }
        for (kind, value) in self.columns.number_kinds.iter().zip(&scratch.numbers) {
            let (seconds, nanos) = value.unwrap_or_default();
            rows.numbers.push(match kind {
                ColumnKind::Time | ColumnKind::Span if value.is_none() => f64::NAN,
                ColumnKind::Time | ColumnKind::Span => seconds as f64 * 1e3 + f64::from(nanos) / 1e6,
                ColumnKind::Flag => f64::from(u8::from(seconds != 0)),
                ColumnKind::Enum(_) => f64::from(seconds as i32),
                ColumnKind::Number | ColumnKind::Text => seconds as f64,
            });
        }
        rows.count += 1;
        Ok(())
    }
}

impl Scratch<'_> {
    #[cold]
    fn forget(&mut self, place: usize) {
        let texts = self.texts.len();
        if let Some(text) = self.texts.get_mut(place) {
            *text = &[];
        } else if let Some(number) = self.numbers.get_mut(place - texts) {
            *number = None;
        }
    }
}

fn text_of(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|_| Fault::Utf8)
}

/// Seconds and nanoseconds of a Timestamp or Duration, over those of an earlier piece.
fn moment(before: (i64, i32), bytes: &[u8]) -> Result<(i64, i32), Fault> {
    const SECONDS: u32 = 1 << 3 | VARINT;
    const NANOS: u32 = 2 << 3 | VARINT;
    let (mut wire, (mut seconds, mut nanos)) = (Wire::new(bytes), before);
    loop {
        match wire.quick_tag()? {
            0 => return Ok((seconds, nanos)),
            SECONDS => seconds = wire.quick_varint()? as i64,
            NANOS => nanos = wire.quick_varint()? as i32,
            tag => wire.skip(tag)?,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use crate::idl::flyteidl::{admin, core};
    use prost::Message;
    use prost_types::{Duration, Timestamp};

    const LISTS: [RowList; 3] = [RowList::NodeExecutions, RowList::Executions, RowList::TaskExecutions];

    /// The only block of a few rows.
    fn block(rows: &Rows) -> &Block {
        assert_eq!(rows.blocks.len(), 1);
        &rows.blocks[0]
    }

    fn cell_text(rows: &Rows, reader: &RowReader, row: usize, name: &str) -> String {
        let texts = reader.columns().iter().filter(|column| matches!(column.kind, ColumnKind::Text));
        let column = texts.map(|column| column.name).position(|known| known == name).unwrap();
        let block = block(rows);
        let units: Vec<u16> = std::str::from_utf8(&block.text).unwrap().encode_utf16().collect();
        let place = row * reader.text_columns() + column;
        String::from_utf16(&units[block.offsets[place] as usize..block.offsets[place + 1] as usize]).unwrap()
    }

    fn cell_number(rows: &Rows, reader: &RowReader, row: usize, name: &str) -> f64 {
        let numbers = reader.columns().iter().filter(|column| !matches!(column.kind, ColumnKind::Text));
        let column = numbers.map(|column| column.name).position(|known| known == name).unwrap();
        block(rows).numbers[row * (reader.columns().len() - reader.text_columns()) + column]
    }

    fn nodes() -> admin::NodeExecutionList {
        let node = |name: &str, error: Option<&str>| admin::NodeExecution {
            id: Some(core::NodeExecutionIdentifier { node_id: name.to_owned(), ..Default::default() }),
            input_uri: format!("s3://bucket/{name}"),
            metadata: Some(admin::NodeExecutionMetaData {
                spec_node_id: "ä😀".to_owned(),
                is_parent_node: true,
                ..Default::default()
            }),
            closure: Some(admin::NodeExecutionClosure {
                phase: 3,
                started_at: Some(Timestamp { seconds: 1_700_000_000, nanos: 250_000_000 }),
                duration: Some(Duration { seconds: 90, nanos: 500_000_000 }),
                output_result: error.map(|message| {
                    let error = core::ExecutionError { message: message.to_owned(), ..Default::default() };
                    admin::node_execution_closure::OutputResult::Error(error)
                }),
                ..Default::default()
            }),
        };
        let node_executions = vec![node("n0", None), node("n1-ü", Some("bad")), admin::NodeExecution::default()];
        admin::NodeExecutionList { node_executions, token: "next".to_owned() }
    }

    #[test]
    fn every_column_of_every_list_can_be_read() {
        for list in LISTS {
            let names: Vec<_> = list.column_names().collect();
            let reader = RowReader::new(list, &names).unwrap();
            assert_eq!(reader.columns().iter().map(|column| column.name).collect::<Vec<_>>(), names);
            assert!(reader.read(&[]).unwrap().blocks.is_empty());
            assert_eq!(RowList::of(MessageId::by_name(list.message_name()).unwrap()), Some(list));
        }
    }

    #[test]
    fn node_executions_become_rows() {
        let names: Vec<_> = RowList::NodeExecutions.column_names().collect();
        let reader = RowReader::new(RowList::NodeExecutions, &names).unwrap();
        let rows = reader.read(&nodes().encode_to_vec()).unwrap();
        assert_eq!((block(&rows).count, &*rows.token), (3, "next"));
        assert_eq!(block(&rows).offsets.len(), 3 * reader.text_columns() + 1);
        let text = |row, name| cell_text(&rows, &reader, row, name);
        let number = |row, name| cell_number(&rows, &reader, row, name);
        assert_eq!([text(0, "nodeId"), text(1, "nodeId"), text(2, "nodeId")], ["n0", "n1-ü", ""]);
        assert_eq!([text(0, "specNodeId"), text(1, "inputUri")], ["ä😀", "s3://bucket/n1-ü"]);
        assert_eq!([text(0, "errorMessage"), text(1, "errorMessage")], ["", "bad"]);
        assert_eq!([number(0, "phase"), number(2, "phase")], [3.0, 0.0]);
        assert_eq!([number(1, "startedAt"), number(1, "durationMs")], [1_700_000_000_250.0, 90_500.0]);
        assert!(number(1, "updatedAt").is_nan() && number(2, "startedAt").is_nan());
        assert_eq!([number(0, "isParentNode"), number(0, "isArray"), number(2, "isParentNode")], [1.0, 0.0, 0.0]);
    }

    #[test]
    fn columns_come_in_the_order_asked_for_and_may_be_few() {
        let reader = RowReader::new(RowList::NodeExecutions, &["phase", "nodeId"]).unwrap();
        let rows = reader.read(&nodes().encode_to_vec()).unwrap();
        assert_eq!(block(&rows).text, "n0n1-ü".as_bytes());
        assert_eq!(block(&rows).numbers, [3.0, 3.0, 0.0]);
        assert!(
            matches!(reader.columns()[0].kind, ColumnKind::Enum(def) if def.by_number(3).unwrap().name() == "SUCCEEDED")
        );
    }

    #[test]
    fn long_lists_come_in_blocks_that_keep_the_order_and_the_place_of_a_fault() {
        let node = nodes().node_executions.remove(1);
        let name = |i: usize| format!("{}{i}", "ü".repeat(500));
        let many = (0..200).map(|i| {
            let id = core::NodeExecutionIdentifier { node_id: name(i), ..Default::default() };
            admin::NodeExecution { id: Some(id), ..node.clone() }
        });
        let mut wire =
            admin::NodeExecutionList { node_executions: many.collect(), ..Default::default() }.encode_to_vec();
        let reader = RowReader::new(RowList::NodeExecutions, &["nodeId", "phase"]).unwrap();
        let rows = reader.read(&wire).unwrap();
        assert!(rows.blocks.len() > 2);
        assert_eq!(rows.blocks.iter().map(|block| block.count).sum::<usize>(), 200);
        let mut all = Vec::new();
        for block in &rows.blocks {
            assert_eq!((block.offsets.len(), block.numbers.len()), (block.count + 1, block.count));
            all.extend(&block.text);
        }
        assert_eq!(String::from_utf8(all).unwrap(), (0..200).map(name).collect::<String>());

        let place = wire.windows(3).rposition(|three| three == b"199").unwrap();
        wire[place] = 0xff;
        assert_eq!(reader.read(&wire).unwrap_err().to_string(), "nodeExecutions[199]: text that is not UTF-8");
    }

    #[test]
    fn an_unknown_column_is_named() {
        assert_eq!(RowReader::new(RowList::Executions, &["name", "nope"]).unwrap_err(), "nope");
    }

    #[test]
    #[allow(deprecated)]
    fn rows_in_pieces_are_merged_and_another_member_of_the_oneof_clears_the_error() {
        let mut node = nodes().node_executions[1].encode_to_vec();
        let later = admin::NodeExecution {
            closure: Some(admin::NodeExecutionClosure {
                phase: 5,
                started_at: Some(Timestamp { seconds: 0, nanos: 750_000_000 }),
                output_result: Some(admin::node_execution_closure::OutputResult::OutputUri("s3://out".to_owned())),
                ..Default::default()
            }),
            ..Default::default()
        };
        node.extend(later.encode_to_vec());
        let mut list = vec![0x0a];
        prost::encoding::encode_varint(node.len() as u64, &mut list);
        list.extend(node);
        let names = ["errorMessage", "outputUri", "phase", "startedAt", "durationMs"];
        for names in [&names[..], &names[..1], &names[2..]] {
            let reader = RowReader::new(RowList::NodeExecutions, names).unwrap();
            let rows = reader.read(&list).unwrap();
            for name in names {
                match *name {
                    "errorMessage" => assert_eq!(cell_text(&rows, &reader, 0, name), ""),
                    "outputUri" => assert_eq!(cell_text(&rows, &reader, 0, name), "s3://out"),
                    "phase" => assert_eq!(cell_number(&rows, &reader, 0, name), 5.0),
                    "startedAt" => assert_eq!(cell_number(&rows, &reader, 0, name), 1_700_000_000_750.0),
                    _ => assert_eq!(cell_number(&rows, &reader, 0, name), 90_500.0),
                }
            }
        }
    }

    #[test]
    fn damaged_lists_are_refused_with_the_row() {
        let names: Vec<_> = RowList::NodeExecutions.column_names().collect();
        let reader = RowReader::new(RowList::NodeExecutions, &names).unwrap();
        let good = nodes().encode_to_vec();
        for end in 0..good.len() {
            let _ = reader.read(&good[..end]);
        }
        let mut bad = good.clone();
        let place = bad.windows(2).position(|pair| pair == b"n1").unwrap();
        bad[place] = 0xff;
        assert_eq!(reader.read(&bad).unwrap_err().to_string(), "nodeExecutions[1]: text that is not UTF-8");
    }
}

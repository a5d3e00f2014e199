//! Columns of a list and where they are in its messages: what to do with each field on the way to them.

use super::wire::wire_type;
use crate::idl::schema::{EnumDef, FieldDef, Form, Kind, MessageDef};

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub enum ColumnKind {
    /// Text; empty when there is none.
    Text,
    /// A number; 0 when there is none.
    Number,
    /// 0 or 1.
    Flag,
    /// The number of an enum's value; 0 when there is none.
    Enum(&'static EnumDef),
    /// Milliseconds since 1970-01-01 UTC; NaN when there is none.
    Time,
    /// A duration in milliseconds; NaN when there is none.
    Span,
}

/// A column that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name, `startedAt`.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
}

/// Columns with the steps that lead to them.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// As asked for.
    pub all: Vec<Column>,
    /// What to do with the fields of each message that leads to a column; the first is the list's element.
    pub nodes: Vec<Node>,
    /// How many of the columns are text.
    pub texts: usize,
    /// What the columns that are no text hold, by their place.
    pub number_kinds: Vec<ColumnKind>,
}

/// What to do with the fields of a message.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub steps: Vec<Step>,
    /// What to do, by tag; nothing for fields that are skipped.
    pub by_tag: Vec<Action>,
}

/// A field that leads to a column.
#[derive(Debug)]
pub(super) struct Step {
    tag: u32,
    pub action: Action,
    /// Places of columns (texts, then numbers) below other members of the same oneof: they have lost their value.
    pub forget: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// A member of a oneof that other columns are in: the step at this place forgets them first.
    OneOf(usize),
    Enter(usize),
    Text(usize),
    /// A number of 32 bits or a bool.
    Number(usize),
    /// Timestamp or Duration.
    Moment(usize),
    Nothing,
}

impl Columns {
    /// The named columns of `table` in messages like `element`.
    ///
    /// # Errors
    /// The first name that the table does not have.
    pub fn of<'n>(
        element: &'static MessageDef,
        table: &[(&'static str, &'static str)],
        names: &[&'n str],
    ) -> Result<Columns, &'n str> {
        let mut columns = Columns { nodes: vec![Node::default()], ..Columns::default() };
        let mut defs = vec![element];
        for name in names {
            let (name, path) = table.iter().find(|(known, _)| known == name).ok_or(*name)?;
            columns.add(&mut defs, name, path).ok_or(*name)?;
        }
        for (node, def) in defs.iter().enumerate() {
            columns.add_oneofs(node, def);
        }
        columns.nodes.iter_mut().for_each(Node::index);
        Ok(columns)
    }

    /// Adds a column and the steps that lead to it.
    fn add(&mut self, defs: &mut Vec<&'static MessageDef>, name: &'static str, path: &str) -> Option<()> {
        let mut node = 0;
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            let field = defs.get(node)?.fields().iter().find(|field| field.name() == part)?;
            let tag = tag_of(field);
            if parts.peek().is_some() {
                let known = self.nodes.get(node)?.steps.iter().find(|step| step.tag == tag).map(|step| step.action);
                node = match known {
                    Some(Action::Enter(next)) => next,
                    _ => {
                        let next = self.nodes.len();
                        defs.push(field.message().def());
                        self.nodes.push(Node::default());
                        self.nodes.get_mut(node)?.steps.push(Step {
                            tag,
                            action: Action::Enter(next),
                            forget: Vec::new(),
                        });
                        next
                    }
                };
                continue;
            }
            let kind = column_kind(field)?;
            let place = if matches!(kind, ColumnKind::Text) {
                self.texts += 1;
                self.texts - 1
            } else {
                self.number_kinds.push(kind);
                self.number_kinds.len() - 1
            };
            let action = match kind {
                ColumnKind::Text => Action::Text(place),
                ColumnKind::Time | ColumnKind::Span => Action::Moment(place),
                _ => Action::Number(place),
            };
            self.all.push(Column { name, kind });
            self.nodes.get_mut(node)?.steps.push(Step { tag, action, forget: Vec::new() });
        }
        Some(())
    }

    /// Where columns lie below a member of a oneof, the other members make them empty.
    fn add_oneofs(&mut self, node: usize, def: &'static MessageDef) {
        let Some(Node { steps, .. }) = self.nodes.get(node) else { return };
        let below: Vec<(u8, u32, Vec<usize>)> = steps
            .iter()
            .filter_map(|step| {
                let field = def.fields().iter().find(|field| tag_of(field) == step.tag)?;
                (field.oneof != 0).then(|| (field.oneof, step.tag, self.places_below(step.action)))
            })
            .collect();
        for member in def.fields() {
            let tag = tag_of(member);
            let others = below.iter().filter(|(oneof, other, _)| *oneof == member.oneof && *other != tag);
            let forget: Vec<usize> = others.flat_map(|(_, _, places)| places.iter().copied()).collect();
            let Some(Node { steps, .. }) = self.nodes.get_mut(node).filter(|_| !forget.is_empty()) else { continue };
            match steps.iter_mut().find(|step| step.tag == tag) {
                Some(step) => step.forget = forget,
                None => steps.push(Step { tag, action: Action::Nothing, forget }),
            }
        }
    }

    fn places_below(&self, action: Action) -> Vec<usize> {
        match action {
            Action::Text(place) => vec![place],
            Action::Number(place) | Action::Moment(place) => vec![self.texts + place],
            Action::Enter(node) => {
                let steps = self.nodes.get(node).map(|node| node.steps.as_slice()).unwrap_or_default();
                steps.iter().flat_map(|step| self.places_below(step.action)).collect()
            }
            Action::OneOf(_) | Action::Nothing => Vec::new(),
        }
    }
}

impl Node {
    fn index(&mut self) {
        for (place, step) in self.steps.iter().enumerate() {
            let tag = step.tag as usize;
            self.by_tag.resize(self.by_tag.len().max(tag + 1), Action::Nothing);
            if let Some(cell) = self.by_tag.get_mut(tag) {
                *cell = if step.forget.is_empty() { step.action } else { Action::OneOf(place) };
            }
        }
    }
}

pub(super) fn tag_of(field: &FieldDef) -> u32 {
    u32::from(field.number) << 3 | wire_type(field.kind)
}

fn column_kind(field: &FieldDef) -> Option<ColumnKind> {
    if field.is_repeated() {
        return None;
    }
    match field.kind {
        Kind::String => Some(ColumnKind::Text),
        Kind::Bool => Some(ColumnKind::Flag),
        Kind::Enum => Some(ColumnKind::Enum(field.enumeration())),
        Kind::Uint32 => Some(ColumnKind::Number),
        Kind::Message => match field.message().def().form {
            Form::Timestamp => Some(ColumnKind::Time),
            Form::Duration => Some(ColumnKind::Span),
            _ => None,
        },
        _ => None,
    }
}

//! Inputs and outputs of executions and nodes.

use std::rc::Rc;

use super::call::{CallOptions, Scope};
use super::client::bad_reply;
use super::together::{together, Work, MOST};
use super::Remote;
use crate::codec::{Fields, Malformed, Writer};
use crate::entity::{ExecutionId, NodeExecutionId, TaskExecutionId};
use crate::error::{Error, Kind};
use crate::value::Values;

const GET_EXECUTION_DATA: &str = "/flyteidl.service.AdminService/GetExecutionData";
const GET_TASK_EXECUTION_DATA: &str = "/flyteidl.service.AdminService/GetTaskExecutionData";
const GET_NODE_EXECUTION_DATA: &str = "/flyteidl.service.AdminService/GetNodeExecutionData";

impl Remote {
    /// An execution's inputs, and with `outputs` its outputs.
    pub(super) async fn execution_data(
        &self,
        id: &ExecutionId,
        outputs: bool,
        scope: &Scope,
    ) -> Result<(Values, Option<Values>), Error> {
        let data = self.get_data(GET_EXECUTION_DATA, &id.to_bytes(), scope).await;
        let [inputs, outputs_read] =
            self.values(data.map_err(|error| error.about(id.to_string()))?, outputs, scope).await?;
        Ok((inputs, outputs.then_some(outputs_read)))
    }

    /// A node's inputs and outputs as far as they are there; the outputs are empty until the node has ended well.
    ///
    /// # Errors
    /// As a call fails; `Kind::Download` when the values are stored apart and can't be read.
    pub async fn node_data(&self, id: &NodeExecutionId, options: &CallOptions) -> Result<(Values, Values), Error> {
        self.node_data_within(id, &self.client().begin(options)).await
    }

    pub(super) async fn node_data_within(
        &self,
        id: &NodeExecutionId,
        scope: &Scope,
    ) -> Result<(Values, Values), Error> {
        let data = self.get_data(GET_NODE_EXECUTION_DATA, &id.to_bytes(), scope).await;
        let [inputs, outputs] = self.values(data.map_err(|error| error.about(id.to_string()))?, true, scope).await?;
        Ok((inputs, outputs))
    }

    /// An attempt's inputs and outputs as far as they are there.
    ///
    /// # Errors
    /// As a call fails; `Kind::Download` when the values are stored apart and can't be read.
    pub async fn task_data(&self, id: &TaskExecutionId, options: &CallOptions) -> Result<(Values, Values), Error> {
        let scope = self.client().begin(options);
        let data = self.get_data(GET_TASK_EXECUTION_DATA, &id.to_bytes(), &scope).await;
        let [inputs, outputs] = self.values(data.map_err(|error| error.about(id.to_string()))?, true, &scope).await?;
        Ok((inputs, outputs))
    }

    /// The same values with all that the one called `name` keeps apart because it is large.
    ///
    /// # Errors
    /// `Kind::Value` when there is no such value, `Kind::Download` when a part can't be read.
    pub async fn load(&self, values: &Values, name: &str, options: &CallOptions) -> Result<Values, Error> {
        let (scope, mut values) = (self.client().begin(options), values.clone());
        loop {
            let missing = values.missing(name)?;
            if missing.is_empty() {
                return Ok(values);
            }
            let fetch = |uri: &String| -> Work<'_, (String, Rc<[u8]>)> {
                let (uri, scope) = (uri.clone(), &scope);
                Box::pin(async move { Ok((uri.clone(), self.download(&uri, scope).await?.into())) })
            };
            let found = together(missing.iter().map(fetch).collect(), MOST).await?;
            let stored = [values.stored(), &found].concat();
            values = values.with_stored(stored.into());
        }
    }

    async fn get_data(&self, method: &'static str, id: &[u8], scope: &Scope) -> Result<[Data; 2], Error> {
        let request = Writer::new().message(1, id).done();
        let reply = self.client().call_bytes(method, request, scope).await?;
        Data::read(method, &reply).map_err(|Malformed| bad_reply(method))
    }

    async fn values(&self, data: [Data; 2], outputs: bool, scope: &Scope) -> Result<[Values; 2], Error> {
        let [inputs, outputs_data] = data;
        let inputs = self.value(inputs, scope).await?;
        let outputs = if outputs { self.value(outputs_data, scope).await? } else { Values::default() };
        Ok([inputs, outputs])
    }

    /// The values in the reply, or those behind its link when there are too many for a reply.
    async fn value(&self, data: Data, scope: &Scope) -> Result<Values, Error> {
        if !data.full.is_empty() || data.bytes <= 0 || data.url.is_empty() {
            return Ok(data.full);
        }
        let bytes = self.download(&data.url, scope).await?;
        Values::decode(&bytes, Rc::default()).map_err(|Malformed| {
            let what = ["what is stored at ", &crate::data::without_query(&data.url), " are no Flyte values"];
            Error::new(Kind::Download, what.concat())
        })
    }
}

/// Inputs or outputs as a reply has them.
#[derive(Default)]
struct Data {
    full: Values,
    url: String,
    bytes: i64,
}

impl Data {
    /// Inputs and outputs.
    fn read(method: &'static str, reply: &[u8]) -> Result<[Self; 2], Malformed> {
        let (mut inputs, mut outputs, mut fields) = (Data::default(), Data::default(), Fields::of(reply));
        while let Some(part) = fields.next()? {
            // In an execution's data the outputs' link comes first, in all others the inputs'.
            match (part.number, method == GET_EXECUTION_DATA) {
                (1, true) | (2, false) => outputs.read_link(part.message()?)?,
                (2, true) | (1, false) => inputs.read_link(part.message()?)?,
                (3, _) => inputs.full = Values::decode(part.message()?, Rc::default())?,
                (4, _) => outputs.full = Values::decode(part.message()?, Rc::default())?,
                _ => {}
            }
        }
        Ok([inputs, outputs])
    }

    /// From a serialised `UrlBlob`.
    fn read_link(&mut self, link: &[u8]) -> Result<(), Malformed> {
        let mut fields = Fields::of(link);
        while let Some(part) = fields.next()? {
            match part.number {
                1 => self.url = part.text()?,
                2 => self.bytes = part.int()?,
                _ => {}
            }
        }
        Ok(())
    }
}

//! Inputs and outputs of executions and nodes.

use prost::Message;

use super::call::{CallOptions, Scope};
use super::client::decode;
use super::Remote;
use crate::entity::{ExecutionId, NodeExecutionId};
use crate::error::{Error, Kind};
use crate::execution::{DataReply, UrlBlob};
use crate::idl::flyteidl::{admin, core::LiteralMap};

const GET_EXECUTION_DATA: &str = "/flyteidl.service.AdminService/GetExecutionData";
const GET_NODE_EXECUTION_DATA: &str = "/flyteidl.service.AdminService/GetNodeExecutionData";

impl Remote {
    /// An execution's inputs, and with `outputs` its outputs.
    pub(super) async fn execution_data(
        &self,
        id: &ExecutionId,
        outputs: bool,
        options: &CallOptions,
    ) -> Result<(LiteralMap, Option<LiteralMap>), Error> {
        let scope = self.client().begin(options);
        let request = admin::WorkflowExecutionGetDataRequest { id: Some(id.to_proto()) }.encode_to_vec();
        let raw = self.client().call_bytes(GET_EXECUTION_DATA, request, &scope).await;
        let raw = raw.map_err(|error| error.about(id.to_string()))?;
        self.data(decode(GET_EXECUTION_DATA, &raw)?, outputs, &scope).await
    }

    /// A node's inputs and outputs as far as they are there; the outputs are empty until the node has ended well.
    ///
    /// # Errors
    /// As a call fails; `Kind::Download` when the values are stored apart and can't be read.
    pub async fn node_data(
        &self,
        id: &NodeExecutionId,
        options: &CallOptions,
    ) -> Result<(LiteralMap, LiteralMap), Error> {
        let scope = self.client().begin(options);
        let request = admin::NodeExecutionGetDataRequest { id: Some(id.to_proto()) }.encode_to_vec();
        let raw = self.client().call_bytes(GET_NODE_EXECUTION_DATA, request, &scope).await;
        let raw = raw.map_err(|error| error.about(id.to_string()))?;
        let reply: DataReply = decode(GET_NODE_EXECUTION_DATA, &raw)?;
        let (inputs, outputs) = self.data(reply.of_node(), true, &scope).await?;
        Ok((inputs, outputs.unwrap_or_default()))
    }

    async fn data(
        &self,
        reply: DataReply,
        outputs: bool,
        scope: &Scope,
    ) -> Result<(LiteralMap, Option<LiteralMap>), Error> {
        let inputs = self.values(reply.full_inputs, reply.inputs, scope).await?;
        let outputs = match outputs {
            true => Some(self.values(reply.full_outputs, reply.outputs, scope).await?),
            false => None,
        };
        Ok((inputs, outputs))
    }

    /// The values in the reply, or those behind its link when there are too many for a reply.
    async fn values(
        &self,
        full: Option<LiteralMap>,
        stored: Option<UrlBlob>,
        scope: &Scope,
    ) -> Result<LiteralMap, Error> {
        let full = full.unwrap_or_default();
        match stored.filter(|blob| blob.bytes > 0 && !blob.url.is_empty()) {
            Some(blob) if full.literals.is_empty() => {
                let bytes = self.download(&blob.url, scope).await?;
                LiteralMap::decode(&*bytes).map_err(|_| {
                    let what = ["what is stored at ", &crate::data::without_query(&blob.url), " are no Flyte values"];
                    Error::new(Kind::Download, what.concat())
                })
            }
            _ => Ok(full),
        }
    }
}

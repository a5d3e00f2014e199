//! A registered launch plan.

use std::rc::Rc;

use prost::Message;

use super::{wire, Identifier, Interface, ResourceType};

/// A launch plan as the server knows it.
#[derive(Clone, Debug)]
pub struct LaunchPlan {
    /// Its identifier, as asked for.
    pub id: Identifier,
    /// The workflow it launches.
    pub workflow_id: Identifier,
    /// The workflow's inputs with this plan's defaults and fixed values, and the workflow's outputs.
    pub interface: Rc<Interface>,
    /// It is the active version of its name, which is the one that its schedule runs.
    pub active: bool,
    /// When it was registered.
    pub created_at: Option<prost_types::Timestamp>,
    /// The whole `flyteidl.admin.LaunchPlan`.
    pub raw: Rc<[u8]>,
}

impl LaunchPlan {
    /// Reads a serialised `flyteidl.admin.LaunchPlan`. With `id`, that is its identifier: Admin's own may lack the
    /// resource type. Its interface holds only what the plan itself knows, see [`Self::with_workflow`].
    ///
    /// # Errors
    /// When the bytes are no such message.
    pub fn decode(raw: Rc<[u8]>, id: Option<Identifier>) -> Result<Self, prost::DecodeError> {
        let plan = wire::LaunchPlan::decode(&*raw)?;
        let mut id = id.unwrap_or_else(|| plan.id.unwrap_or_default().into());
        id.resource_type = ResourceType::LaunchPlan;
        let (spec, closure) = (plan.spec.unwrap_or_default(), plan.closure.unwrap_or_default());
        let mut workflow_id = Identifier::from(spec.workflow_id.unwrap_or_default());
        workflow_id.resource_type = ResourceType::Workflow;
        let interface = Interface::default()
            .with_parameters(closure.expected_inputs.unwrap_or_default())
            .with_parameters(spec.default_inputs.unwrap_or_default())
            .with_fixed(spec.fixed_inputs.unwrap_or_default());
        Ok(LaunchPlan {
            id,
            workflow_id,
            interface: Rc::new(interface),
            active: closure.state == 1,
            created_at: closure.created_at,
            raw,
        })
    }

    /// The same plan with its workflow's interface under its own defaults and fixed inputs.
    #[must_use]
    pub fn with_workflow(mut self, workflow: &Interface) -> Self {
        self.interface = Rc::new(workflow.overlaid(&self.interface));
        self
    }
}

//! How a sandbox is set up.

/// Options of a sandbox; `Options::default()` is a sandbox that runs workflows.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where clients reach the sandbox, without a slash at the end: the start of signed URLs.
    pub public_url: String,
    /// Absolute folder for container runs, without a slash at the end.
    pub scratch_root: String,
    /// Where generated names come from; the same seed and calls give the same state.
    pub seed: u64,
    /// Bucket of the `s3://` URIs it hands out.
    pub bucket: String,
    /// Run executions; `false` accepts them and waits for events, as FlyteAdmin without a propeller.
    pub engine: bool,
    /// Project ids (names alike) that exist from the start.
    pub projects: Vec<String>,
    /// Domain ids (names alike).
    pub domains: Vec<String>,
    /// Nodes of one execution that may run at once, unless the launch plan or the execution says otherwise.
    pub max_parallelism: usize,
    /// Nodes a workflow may have, start and end not counted; 0 is any number. The default, 100, is FlyteAdmin's.
    pub max_workflow_nodes: usize,
    /// What `GetVersion` answers.
    pub version: String,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            public_url: "http://127.0.0.1:30080".to_owned(),
            scratch_root: "/flyte-sandbox".to_owned(),
            seed: 0,
            bucket: "flyte-sandbox".to_owned(),
            engine: true,
            projects: vec!["flytesnacks".to_owned()],
            domains: vec!["development".to_owned(), "staging".to_owned(), "production".to_owned()],
            max_parallelism: 25,
            max_workflow_nodes: 100,
            version: concat!("sandbox-", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

//! The sandbox as its JavaScript shell sees it: the core's methods with types that cross the boundary.

use std::time::Duration;

use wasm_bindgen::prelude::*;

use crate::{ContainerResult, Effect, Options, StorageRequest};

/// A Flyte control plane in memory.
#[wasm_bindgen]
pub struct Sandbox {
    inner: crate::Sandbox,
}

/// How a call ended.
#[wasm_bindgen(getter_with_clone)]
pub struct CallResult {
    /// gRPC code, 0 for success.
    pub code: u8,
    /// Why it failed.
    pub message: String,
    /// A serialised `google.rpc.Status`, empty when there is none.
    pub details: Vec<u8>,
    /// The reply message.
    pub reply: Vec<u8>,
}

/// A file of a container run; the path is relative to the run's folder.
#[wasm_bindgen(getter_with_clone)]
#[derive(Clone)]
pub struct File {
    /// Where it is.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

#[wasm_bindgen]
impl File {
    /// A file.
    #[wasm_bindgen(constructor)]
    pub fn new(path: String, bytes: Vec<u8>) -> File {
        File { path, bytes }
    }
}

/// Something for the shell to do: start a process, or stop one.
#[wasm_bindgen(getter_with_clone)]
pub struct Task {
    /// Start it, or stop it.
    pub start: bool,
    /// Identifies the run.
    pub run: String,
    /// The folder of the run, absolute.
    pub dir: String,
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Environment variables: name, value, name, value …
    pub env: Vec<String>,
    /// Files to write before the start.
    pub files: Vec<File>,
    /// Folders to create before the start.
    pub dirs: Vec<String>,
    /// Files and folders to read back.
    #[wasm_bindgen(js_name = filesOut)]
    pub files_out: Vec<String>,
    /// Milliseconds after which it is killed.
    #[wasm_bindgen(js_name = timeoutMs)]
    pub timeout_ms: Option<f64>,
}

/// An HTTP reply of the object store.
#[wasm_bindgen(getter_with_clone)]
pub struct StorageResult {
    /// HTTP status.
    pub status: u16,
    /// Names and values in turn.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

#[wasm_bindgen]
impl Sandbox {
    /// A fresh sandbox. `scratchRoot` is where runs have their folders; without `engine` executions wait for events.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u64, scratch_root: String, engine: bool) -> Sandbox {
        let options = Options { seed, scratch_root, engine, ..Options::default() };
        Sandbox { inner: crate::Sandbox::new(options) }
    }

    /// Tells where clients reach it: the start of signed URLs.
    #[wasm_bindgen(js_name = setPublicUrl)]
    pub fn set_public_url(&mut self, url: String) {
        self.inner.options.public_url = url;
    }

    /// Answers one unary call of `/package.Service/Method`.
    pub fn call(&mut self, now_ms: f64, path: &str, message: &[u8]) -> CallResult {
        match self.inner.call(time(now_ms), path, message) {
            Ok(reply) => CallResult { code: 0, message: String::new(), details: Vec::new(), reply },
            Err(status) => CallResult {
                code: status.code as u8,
                message: status.message.clone(),
                details: status.details.clone(),
                reply: Vec::new(),
            },
        }
    }

    /// Answers a request to a signed URL. Header names (lower case) and values come in turn.
    pub fn storage(
        &mut self,
        now_ms: f64,
        method: String,
        path: String,
        query: String,
        headers: Vec<String>,
        body: Vec<u8>,
    ) -> StorageResult {
        let request = StorageRequest { method, path, query, headers: pairs(headers), body };
        let reply = self.inner.storage(time(now_ms), &request);
        let headers = reply.headers.into_iter().flat_map(|(name, value)| [name, value]).collect();
        StorageResult { status: reply.status, headers, body: reply.body.to_vec() }
    }

    /// What there is to do since the last call of this method, in order.
    pub fn tasks(&mut self) -> Vec<Task> {
        self.inner.drain_effects().into_iter().map(Task::from).collect()
    }

    /// The runs that have neither finished nor been stopped.
    pub fn unfinished(&self) -> Vec<Task> {
        self.inner.unfinished().into_iter().map(Task::from).collect()
    }

    /// A run's process is running now.
    #[wasm_bindgen(js_name = containerStarted)]
    pub fn container_started(&mut self, now_ms: f64, run: &str) {
        self.inner.container_started(time(now_ms), run);
    }

    /// A run's process has ended.
    #[wasm_bindgen(js_name = containerFinished)]
    pub fn container_finished(
        &mut self,
        now_ms: f64,
        run: &str,
        exit_code: i32,
        timed_out: bool,
        stderr: String,
        files: Vec<File>,
    ) {
        let files = files.into_iter().map(|file| (file.path, file.bytes)).collect();
        self.inner.container_finished(time(now_ms), run, ContainerResult { exit_code, timed_out, files, stderr });
    }

    /// Does what is due.
    pub fn wake(&mut self, now_ms: f64) {
        self.inner.wake(time(now_ms));
    }

    /// When `wake` should be called next, in milliseconds since 1970.
    #[wasm_bindgen(js_name = nextWake)]
    pub fn next_wake(&self) -> Option<f64> {
        self.inner.next_wake().map(|time| time.as_secs_f64() * 1000.0)
    }
}

impl From<Effect> for Task {
    fn from(effect: Effect) -> Task {
        let (start, container) = match effect {
            Effect::RunContainer(container) => (true, *container),
            Effect::StopContainer { run } => (false, crate::RunContainer { run, ..Default::default() }),
        };
        Task {
            start,
            run: container.run,
            dir: container.dir,
            argv: container.argv,
            env: container.env.into_iter().flat_map(|(name, value)| [name, value]).collect(),
            files: container.files_in.into_iter().map(|(path, bytes)| File { path, bytes }).collect(),
            dirs: container.dirs_in,
            files_out: container.files_out,
            timeout_ms: container.timeout.map(|timeout| timeout.as_secs_f64() * 1000.0),
        }
    }
}

fn time(ms: f64) -> Duration {
    // Whole microseconds: the rest is noise of the floating point.
    Duration::from_micros((ms * 1000.0).round() as u64)
}

fn pairs(flat: Vec<String>) -> Vec<(String, String)> {
    let mut flat = flat.into_iter();
    std::iter::from_fn(|| Some((flat.next()?, flat.next().unwrap_or_default()))).collect()
}

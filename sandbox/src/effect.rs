//! What the sandbox asks of the outside world, and what comes back.

use std::time::Duration;

/// Something for the shell to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Run a container task as a local process.
    RunContainer(Box<RunContainer>),
    /// Stop a container that was asked for; no result is expected any more.
    StopContainer {
        /// The id it was started with.
        run: String,
    },
}

/// A process to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunContainer {
    /// Identifies this run in `container_started`, `container_finished` and `StopContainer`; unique for ever.
    pub run: String,
    /// The folder of this run, absolute, to be created empty; `files_in` and `files_out` are relative to it.
    pub dir: String,
    /// Program and arguments, templates filled in and container paths mapped into `dir`.
    pub argv: Vec<String>,
    /// Environment variables to add, in order, later ones win.
    pub env: Vec<(String, String)>,
    /// Files to write before the start, relative to `dir`.
    pub files_in: Vec<(String, Vec<u8>)>,
    /// Folders to create before the start, relative to `dir`.
    pub dirs_in: Vec<String>,
    /// Files and folders to read back after the end, relative to `dir`; a folder stands for all files below it, what is
    /// not there is left out.
    pub files_out: Vec<String>,
    /// Kill it after this time; `None` lets it run.
    pub timeout: Option<Duration>,
}

/// How a process ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerResult {
    /// Exit code; 128 + n when signal n killed it, 127 when the program was not found.
    pub exit_code: i32,
    /// It was killed because its time was up.
    pub timed_out: bool,
    /// The files of `files_out` that exist, relative to the run's folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// The end of what it wrote to stderr, or why it could not be started.
    pub stderr: String,
}

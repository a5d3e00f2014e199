//! A server that answers from a script and records what it was asked, and the values of `tests/vectors`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use flyte_remote::entity::ExecutionReference;
use flyte_remote::host::LocalFuture;
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{CallOptions, Client, Remote, Settings, WorkflowExecution};
use flyte_remote::rpc::{Call, Channel, Code, Reply, Status};
use flyte_remote::testing::SimHost;
use flyte_remote::value::{InputValue, Literal, LiteralType};
use prost::Message;
use serde_json::Value;

/// A server in the test's own process. Cloning shares it.
#[derive(Clone)]
pub struct Server {
    inner: Rc<Inner>,
}

type Answer = Rc<dyn Fn(&Request) -> Result<Vec<u8>, Status>>;

struct Inner {
    host: SimHost,
    answer: RefCell<Answer>,
    calls: RefCell<Vec<Request>>,
    running: Cell<usize>,
    most_running: Cell<usize>,
    latency: Cell<std::time::Duration>,
}

/// A call as the server saw it.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GetTask`
    pub rpc: String,
    pub message: Vec<u8>,
    pub metadata: Vec<(String, String)>,
    pub timeout: Option<std::time::Duration>,
    /// How many calls of this rpc came before.
    pub nth: usize,
}

impl Request {
    pub fn decode<M: Message + Default>(&self) -> M {
        M::decode(&*self.message).unwrap()
    }
}

impl Server {
    pub fn new(answer: impl Fn(&Request) -> Result<Vec<u8>, Status> + 'static) -> Self {
        Server {
            inner: Rc::new(Inner {
                host: SimHost::new(7),
                answer: RefCell::new(Rc::new(answer)),
                calls: RefCell::default(),
                running: Cell::new(0),
                most_running: Cell::new(0),
                latency: Cell::new(std::time::Duration::ZERO),
            }),
        }
    }

    pub fn answer(&self, answer: impl Fn(&Request) -> Result<Vec<u8>, Status> + 'static) {
        *self.inner.answer.borrow_mut() = Rc::new(answer);
    }

    /// Each call takes this long.
    pub fn latency(&self, latency: std::time::Duration) {
        self.inner.latency.set(latency);
    }

    pub fn host(&self) -> &SimHost {
        &self.inner.host
    }

    pub fn remote(&self) -> Remote {
        self.remote_with(Settings {
            endpoint: "https://flyte.example.com".to_owned(),
            project: Some("flytesnacks".to_owned()),
            domain: Some("development".to_owned()),
            ..Settings::default()
        })
    }

    pub fn remote_with(&self, settings: Settings) -> Remote {
        Remote::new(Client::new(Rc::new(self.clone()), self.inner.host.shared()), settings)
    }

    pub fn run<T>(&self, future: impl std::future::Future<Output = T>) -> T {
        self.inner.host.run(future)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.inner.calls.borrow().clone()
    }

    /// The names of the rpcs called, in order.
    pub fn rpcs(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.rpc).collect()
    }

    pub fn forget(&self) {
        self.inner.calls.borrow_mut().clear();
    }

    pub fn most_running(&self) -> usize {
        self.inner.most_running.get()
    }
}

impl Channel for Server {
    fn unary(&self, call: Call) -> LocalFuture<Result<Reply, Status>> {
        let rpc = call.path.rsplit('/').next().unwrap().to_owned();
        let nth = self.inner.calls.borrow().iter().filter(|request| request.rpc == rpc).count();
        let request =
            Request { rpc, message: call.message.to_vec(), metadata: call.metadata, timeout: call.timeout, nth };
        self.inner.calls.borrow_mut().push(request.clone());
        let server = self.clone();
        Box::pin(async move {
            let inner = &server.inner;
            inner.running.set(inner.running.get() + 1);
            inner.most_running.set(inner.most_running.get().max(inner.running.get()));
            flyte_remote::host::Host::sleep(&inner.host, inner.latency.get()).await;
            inner.running.set(inner.running.get() - 1);
            let answer = Rc::clone(&inner.answer.borrow());
            answer(&request).map(|message| Reply { message, ..Reply::default() })
        })
    }
}

pub fn ok(message: &impl Message) -> Result<Vec<u8>, Status> {
    Ok(message.encode_to_vec())
}

pub fn status<T>(code: Code, message: &str) -> Result<T, Status> {
    Err(Status::new(code, message))
}

pub fn unexpected<T>(request: &Request) -> Result<T, Status> {
    panic!("unexpected {}", request.rpc)
}

pub fn call() -> CallOptions {
    CallOptions::default()
}

/// The cases of a file in `tests/vectors`.
pub fn vectors(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub fn id(case: &Value) -> &str {
    case["id"].as_str().unwrap()
}

/// The bytes of `{"type", "b64"}`.
pub fn bytes(message: &Value) -> Vec<u8> {
    STANDARD.decode(message["b64"].as_str().unwrap_or_else(|| panic!("no message: {message}"))).unwrap()
}

pub fn message<M: Message + Default>(value: &Value) -> M {
    M::decode(&*bytes(value)).unwrap()
}

/// A declared type.
pub fn literal_type(value: &Value) -> LiteralType {
    LiteralType::decode(&bytes(value)).unwrap()
}

/// A vector's value as the bridge would give it: JSON integers are Python ints, which JavaScript has as numbers.
pub fn input(value: &Value) -> InputValue {
    match value {
        Value::Null => InputValue::Null,
        Value::Bool(boolean) => InputValue::Bool(*boolean),
        Value::Number(number) => InputValue::Number(number.as_f64().unwrap()),
        Value::String(text) => InputValue::Text(text.clone()),
        Value::Array(values) => InputValue::List(values.iter().map(input).collect()),
        Value::Object(entries) => match entries.iter().next() {
            Some((tag, inner)) if tag.starts_with('$') => tagged(tag, inner),
            _ => InputValue::Map(entries.iter().map(|(name, value)| (name.clone(), input(value))).collect()),
        },
    }
}

fn tagged(tag: &str, value: &Value) -> InputValue {
    let text = || value.as_str().unwrap();
    match tag {
        "$int" => text().parse().map_or_else(|_| InputValue::Other("a bigint beyond 64 bits".into()), InputValue::Int),
        "$float" => InputValue::Number(float(text())),
        "$datetime" => {
            let (seconds, nanos) = instant(text());
            InputValue::Instant { seconds, nanos }
        }
        "$date" => {
            let (seconds, nanos) = instant(&format!("{}T00:00:00.000000", text()));
            InputValue::Instant { seconds, nanos }
        }
        "$duration_us" => {
            let micros = value.as_i64().unwrap();
            InputValue::Duration { seconds: micros / 1_000_000, nanos: (micros % 1_000_000 * 1000) as i32 }
        }
        "$bytes" => InputValue::Bytes(STANDARD.decode(text()).unwrap()),
        "$literal" => InputValue::Literal(Literal::new(bytes(value))),
        "$enum" => input(&value["value"]),
        "$file" | "$directory" => InputValue::Map(vec![("uri".into(), input(&value["uri"]))]),
        "$structured_dataset" => {
            InputValue::Map(vec![("uri".into(), input(&value["uri"])), ("format".into(), input(&value["file_format"]))])
        }
        other => InputValue::Other(format!("a Python {other}")),
    }
}

pub fn float(text: &str) -> f64 {
    match text {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        other => other.parse().unwrap(),
    }
}

/// `2024-01-02T03:04:05.678901[Z|+05:00]` since 1970.
pub fn instant(text: &str) -> (i64, i32) {
    let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    // Days from civil, after Howard Hinnant.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let year_of_era = shifted - era * 400;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    let mut seconds = days * 86_400 + number(11..13) * 3600 + number(14..16) * 60 + number(17..19);
    let micros = number(20..26);
    if let Some(zone) = text.get(26..).filter(|zone| zone.len() == 6) {
        let offset = zone[1..3].parse::<i64>().unwrap() * 3600 + zone[4..6].parse::<i64>().unwrap() * 60;
        seconds -= if zone.starts_with('-') { -offset } else { offset };
    }
    (seconds, (micros * 1000) as i32)
}

/// Answers as a recorded server did: by rpc and by the first field of the request, which names what is asked for; in
/// the recorded order, the last answer again and again.
pub fn replay(traces: &[&Value]) -> impl Fn(&Request) -> Result<Vec<u8>, Status> + 'static {
    let mut recorded: BTreeMap<Key, Vec<Result<Vec<u8>, Status>>> = BTreeMap::new();
    for entry in traces.iter().filter_map(|trace| trace.as_array()).flatten() {
        let rpc = entry["rpc"].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
        let answer = match entry.get("error").filter(|error| !error.is_null()) {
            Some(error) => status(code(error["code"].as_str().unwrap()), error["details"].as_str().unwrap()),
            None => Ok(bytes(&entry["response"])),
        };
        recorded.entry((rpc.clone(), key(&rpc, &bytes(&entry["request"])))).or_default().push(answer);
    }
    let used: RefCell<BTreeMap<Key, usize>> = RefCell::default();
    move |request| {
        let key = (request.rpc.clone(), key(&request.rpc, &request.message));
        let Some(answers) = recorded.get(&key) else {
            // A list that flytekit did not ask for, since it knew from the definition that there is nothing.
            assert!(request.rpc.starts_with("List"), "{} was not recorded for this", request.rpc);
            return Ok(Vec::new());
        };
        let mut used = used.borrow_mut();
        let at = used.entry(key).or_default();
        let answer = answers.get(*at).or(answers.last()).unwrap().clone();
        *at += 1;
        answer
    }
}

/// An rpc and the first field of its request.
type Key = (String, Vec<u8>);

fn key(rpc: &str, request: &[u8]) -> Vec<u8> {
    #[derive(Clone, PartialEq, Message)]
    struct First {
        #[prost(bytes = "vec", tag = "1")]
        first: Vec<u8>,
    }
    if rpc == "ListNodeExecutions" {
        let asked = admin::NodeExecutionListRequest::decode(request).unwrap();
        let list = admin::NodeExecutionListRequest { limit: 0, sort_by: None, ..asked };
        return list.encode_to_vec();
    }
    if rpc.starts_with("Create") {
        Vec::new()
    } else {
        First::decode(request).unwrap().first
    }
}

fn code(name: &str) -> Code {
    Code::ALL.into_iter().find(|code| code.name() == name).unwrap()
}

/// The execution `run1`.
pub fn fetch(server: &Server) -> WorkflowExecution {
    let reference = ExecutionReference::parse("run1").unwrap();
    server.run(server.remote().fetch_execution(&reference, &call())).unwrap()
}

/// An execution in a phase.
pub fn execution(phase: i32) -> admin::Execution {
    admin::Execution { closure: Some(admin::ExecutionClosure { phase, ..Default::default() }), ..Default::default() }
}

/// One integer.
pub fn literals(name: &str, value: i64) -> core::LiteralMap {
    let primitive = core::Primitive { value: Some(core::primitive::Value::Integer(value)) };
    let scalar = core::Scalar { value: Some(core::scalar::Value::Primitive(primitive)) };
    let literal = core::Literal { value: Some(core::literal::Value::Scalar(Box::new(scalar))), ..Default::default() };
    core::LiteralMap { literals: [(name.to_owned(), literal)].into_iter().collect() }
}

/// A node execution of `run1`.
pub fn node(name: &str, change: impl FnOnce(&mut admin::NodeExecution)) -> admin::NodeExecution {
    let mut node = admin::NodeExecution {
        id: Some(core::NodeExecutionIdentifier { node_id: name.to_owned(), execution_id: None }),
        closure: Some(admin::NodeExecutionClosure { phase: 2, ..Default::default() }),
        metadata: Some(admin::NodeExecutionMetaData { spec_node_id: name.to_owned(), ..Default::default() }),
        ..Default::default()
    };
    change(&mut node);
    node
}

/// A server with one running execution that has these nodes.
pub fn with_nodes(nodes: Vec<admin::NodeExecution>) -> Server {
    Server::new(move |request| match request.rpc.as_str() {
        "GetExecution" => ok(&execution(2)),
        "ListNodeExecutions" => {
            let asked: admin::NodeExecutionListRequest = request.decode();
            let start: usize = asked.token.parse().unwrap_or(0);
            let page: Vec<_> = nodes.iter().skip(start).take(asked.limit as usize).cloned().collect();
            let end = start + page.len();
            let token = if page.len() == asked.limit as usize { end.to_string() } else { String::new() };
            ok(&admin::NodeExecutionList { node_executions: page, token })
        }
        "ListTaskExecutions" => attempts(request),
        _ => unexpected(request),
    })
}

/// Two attempts of any node: one that was aborted and one that runs.
pub fn attempts(request: &Request) -> Result<Vec<u8>, Status> {
    let asked: admin::TaskExecutionListRequest = request.decode();
    let attempt = |retry_attempt, phase| admin::TaskExecution {
        closure: Some(admin::TaskExecutionClosure { phase, ..Default::default() }),
        id: Some(core::TaskExecutionIdentifier {
            retry_attempt,
            node_execution_id: asked.node_execution_id.clone(),
            task_id: None,
        }),
        ..Default::default()
    };
    ok(&admin::TaskExecutionList { task_executions: vec![attempt(0, 4), attempt(1, 2)], token: String::new() })
}

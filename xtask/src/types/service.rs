//! The raw client's methods: one for each RPC.

use protox::prost_reflect::{DescriptorPool, Kind, MethodDescriptor};

use super::comments::Comments;
use super::reference;

/// The interface that the class `FlyteClient` is merged with.
pub fn client(pool: &DescriptorPool, comments: &Comments) -> String {
    let methods: String = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>())
        .map(|m| method(&m, comments))
        .collect();
    format!("export interface FlyteClient {{\n{methods}}}\n")
}

fn method(method: &MethodDescriptor, comments: &Comments) -> String {
    let mut name = method.name().to_owned();
    if let Some(first) = name.get_mut(0..1) {
        first.make_ascii_lowercase();
    }
    let request = reference(&Kind::Message(method.input())).unwrap_or_default();
    let reply = reference(&Kind::Message(method.output())).unwrap_or_default();
    let optional = if method.input().fields().len() == 0 { "?" } else { "" };
    format!(
        "{}  {name}(request{optional}: {request}_Input, options?: RpcOptions): Promise<{reply}>\n",
        comments.doc(method.full_name(), "  ")
    )
}

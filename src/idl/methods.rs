//! The 66 methods of the five services.

use super::schema::MessageId;

include!(concat!(env!("OUT_DIR"), "/methods.rs"));

/// A unary method of Flyte.
#[derive(Debug, PartialEq, Eq)]
pub struct Method {
    /// `/flyteidl.service.AdminService/GetTask`
    pub path: &'static str,
    /// The name in JavaScript, `getTask`; unique among all services.
    pub name: &'static str,
    /// Type of the request.
    pub request: MessageId,
    /// Type of the reply.
    pub response: MessageId,
    /// What happens when it is called twice.
    pub safety: Safety,
}

/// What a second call does; from the `idempotency_level` option in `proto/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// Reads only.
    ReadOnly,
    /// Writes, and a second call changes nothing more.
    Idempotent,
    /// A second call may do harm, or fail.
    Unsafe,
}

/// How FlyteAdmin's HTTP gateway maps a method.
#[derive(Debug, PartialEq, Eq)]
pub struct RestRule {
    /// `GET`, `POST`, `PUT`, `DELETE`, `PATCH`
    pub verb: &'static str,
    /// `/api/v1/tasks/{id.project}/{id.domain}`; `{a.b}` is a request field by its name in the .proto file.
    pub path: &'static str,
    /// `*` when the whole request is the body, a field's name when that field is, empty for no body.
    pub body: &'static str,
}

impl Method {
    /// All methods, sorted by path.
    #[must_use]
    pub fn all() -> &'static [Method] {
        &METHODS
    }

    /// The method of a path, `/flyteidl.service.AdminService/GetTask`.
    #[must_use]
    pub fn by_path(path: &str) -> Option<&'static Method> {
        METHODS.get(METHODS.binary_search_by(|method| method.path.cmp(path)).ok()?)
    }

    /// The method of a JavaScript name, `getTask`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Method> {
        METHODS.iter().find(|method| method.name == name)
    }

    /// The gateway's rules, the main one first; empty when it has none. The rules are a table of their own, which is
    /// not linked where nothing asks for it.
    #[must_use]
    pub fn rest(&self) -> &'static [RestRule] {
        let place = METHODS.binary_search_by(|method| method.path.cmp(self.path));
        place.ok().and_then(|place| REST.get(place)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn all_66_methods_are_found_by_path_and_by_name() {
        assert_eq!(Method::all().len(), 66);
        for method in Method::all() {
            assert_eq!(Method::by_path(method.path), Some(method));
            assert_eq!(Method::by_name(method.name), Some(method));
        }
        assert_eq!(Method::by_path("/flyteidl.service.AdminService/Nope"), None);
        assert_eq!(Method::by_name("GetTask"), None);
    }

    #[test]
    fn get_task_has_its_types_and_its_rule() {
        let method = Method::by_name("getTask").unwrap();
        assert_eq!(method.path, "/flyteidl.service.AdminService/GetTask");
        assert_eq!(method.request.name(), "flyteidl.admin.ObjectGetRequest");
        assert_eq!(method.response.name(), "flyteidl.admin.Task");
        let path = "/api/v1/tasks/{id.project}/{id.domain}/{id.name}/{id.version}";
        assert_eq!(method.rest(), [RestRule { verb: "GET", path, body: "" }]);
    }

    #[test]
    fn list_tasks_has_its_additional_binding() {
        let rules = Method::by_name("listTasks").unwrap().rest();
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[1].path, "/api/v1/tasks/{id.project}/{id.domain}");
    }

    #[test]
    fn create_execution_is_unsafe_and_posts_its_whole_request() {
        let method = Method::by_name("createExecution").unwrap();
        assert_eq!(method.safety, Safety::Unsafe);
        assert_eq!((method.rest()[0].verb, method.rest()[0].body), ("POST", "*"));
    }
}

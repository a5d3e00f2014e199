//! Lists: page by page, in an order that stays.

use flyte_remote::entity::ResourceType;
use flyte_remote::error::{Error, Kind};
use flyte_remote::idl::flyteidl::{admin, core};
use flyte_remote::remote::{List, ListExecutions, Listing, Settings};
use flyte_remote::rpc::Code;

use crate::support::{call, id, message, ok, status, unexpected, vectors, Request, Server};

/// A server with executions called `e0`, `e1` … in the order of the list, which pages by offset as Admin does.
fn serve(names: &[&str], request: &Request) -> Result<Vec<u8>, flyte_remote::rpc::Status> {
    let asked: admin::ResourceListRequest = request.decode();
    let start: usize = if asked.token.is_empty() { 0 } else { asked.token.parse().unwrap() };
    let page: Vec<_> = names.iter().skip(start).take(asked.limit as usize).collect();
    let token = if page.len() == asked.limit as usize { (start + page.len()).to_string() } else { String::new() };
    let execution = |name: &&&str| admin::Execution {
        id: Some(core::WorkflowExecutionIdentifier { name: (**name).to_string(), ..Default::default() }),
        ..Default::default()
    };
    ok(&admin::ExecutionList { executions: page.iter().map(execution).collect(), token })
}

fn names(server: &Server, list: &ListExecutions) -> Result<Vec<Vec<String>>, Error> {
    let pager = server.remote().recent_executions(list, &call())?;
    server.run(async {
        let mut pages = Vec::new();
        while let Some(page) = pager.next().await? {
            pages.push(page.iter().map(|execution| execution.id().name.clone()).collect());
        }
        assert!(pager.next().await?.is_none());
        Ok(pages)
    })
}

fn of(page_size: u32, limit: Option<u64>) -> ListExecutions {
    ListExecutions { page_size: Some(page_size), limit, ..ListExecutions::default() }
}

#[test]
fn pages_follow_each_other_until_the_last() {
    let server = Server::new(|request| serve(&["a", "b", "c"], request));
    assert_eq!(names(&server, &of(2, None)).unwrap(), [vec!["a", "b"], vec!["c"]]);
    assert_eq!(server.rpcs().len(), 2);
}

#[test]
fn an_exact_multiple_ends_without_an_empty_page() {
    let server = Server::new(|request| serve(&["a", "b"], request));
    assert_eq!(names(&server, &of(2, None)).unwrap(), [vec!["a", "b"]]);
}

#[test]
fn a_limit_asks_for_no_more_than_it_needs() {
    let server = Server::new(|request| serve(&["a", "b", "c", "d"], request));
    assert_eq!(names(&server, &of(2, Some(3))).unwrap(), [vec!["a", "b"], vec!["c"]]);
    let limits: Vec<u32> =
        server.requests().iter().map(|request| request.decode::<admin::ResourceListRequest>().limit).collect();
    assert_eq!(limits, [2, 1]);
    server.forget();
    assert!(names(&server, &of(2, Some(0))).unwrap().is_empty());
    assert!(server.rpcs().is_empty());
}

#[test]
fn an_execution_that_starts_meanwhile_shows_none_twice() {
    // Between the pages `new` comes first, and `b` slides onto the second page.
    let server = Server::new(|request| match request.nth {
        0 => serve(&["a", "b", "c", "d"], request),
        _ => serve(&["new", "a", "b", "c", "d"], request),
    });
    assert_eq!(names(&server, &of(2, None)).unwrap(), [vec!["a", "b"], vec!["c"], vec!["d"]]);
}

#[test]
fn the_request_has_place_filters_and_order() {
    let server = Server::new(|request| serve(&[], request));
    let list = ListExecutions {
        project: Some("p".to_owned()),
        filters: "eq(phase,FAILED)".to_owned(),
        ..ListExecutions::default()
    };
    assert!(names(&server, &list).unwrap().is_empty());
    let asked: admin::ResourceListRequest = server.requests()[0].decode();
    let (id, sort) = (asked.id.unwrap(), asked.sort_by.unwrap());
    assert_eq!((id.project.as_str(), id.domain.as_str(), id.name.as_str()), ("p", "development", ""));
    assert_eq!((asked.filters.as_str(), asked.limit), ("eq(phase,FAILED)", 100));
    assert_eq!((sort.key.as_str(), sort.direction), ("created_at", 0));
}

#[test]
fn a_page_that_failed_can_be_asked_for_again() {
    let server = Server::new(|request| match request.nth {
        1 => status(Code::Unavailable, "down"),
        _ => serve(&["a", "b"], request),
    });
    let pager = server.remote().recent_executions(&of(1, None), &call()).unwrap();
    let next = || server.run(pager.next()).map(|page| page.map(|page| page[0].id().name.clone()));
    assert_eq!(next().unwrap().as_deref(), Some("a"));
    assert_eq!(next().unwrap_err().kind, Kind::Unavailable);
    assert_eq!(next().unwrap().as_deref(), Some("b"));
    assert_eq!(next().unwrap(), None);
}

#[test]
fn wrong_options_are_told_before_anything_is_sent() {
    let server = Server::new(unexpected);
    let error = names(&server, &of(0, None)).unwrap_err();
    assert_eq!(error.message, "pageSize: expected at least 1, got 0");
    let bare = server.remote_with(Settings::default());
    let error = bare.recent_executions(&ListExecutions::default(), &call()).err().unwrap();
    assert_eq!(error.path.as_deref(), Some("project"));
}

/// The request that a list sends.
fn asked<M: prost::Message + Default>(what: Listing, list: &List) -> M {
    let server = Server::new(|_| Ok(Vec::new()));
    let pager = server.remote().list(what, list, &call()).unwrap();
    assert!(server.run(pager.next()).unwrap().is_none());
    server.requests()[0].decode()
}

fn order(sort: Option<admin::Sort>) -> (String, i32) {
    let sort = sort.unwrap();
    (sort.key, sort.direction)
}

#[test]
fn every_list_sends_its_place_page_filters_and_order() {
    let (kind, filters) = (Some(ResourceType::Task), "eq(name,x)".to_owned());
    let list = List { name: Some("n".to_owned()), kind, filters, page_size: Some(7), ..List::default() };
    let newest = ("created_at".to_owned(), 0);
    for what in [Listing::Tasks, Listing::Workflows, Listing::LaunchPlans] {
        let sent: admin::ResourceListRequest = asked(what, &list);
        let id = sent.id.unwrap();
        assert_eq!([id.project, id.domain, id.name], ["flytesnacks", "development", "n"]);
        assert_eq!((sent.limit, sent.filters.as_str(), order(sent.sort_by)), (7, "eq(name,x)", newest.clone()));
    }
    let sent: admin::NamedEntityListRequest = asked(Listing::NamedEntities, &list);
    assert_eq!((sent.resource_type, sent.project.as_str(), sent.domain.as_str()), (1, "flytesnacks", "development"));
    assert_eq!((sent.limit, sent.filters.as_str(), order(sent.sort_by)), (7, "eq(name,x)", ("name".to_owned(), 1)));
    let sent: admin::ProjectListRequest = asked(Listing::Projects, &list);
    let by_identifier = ("identifier".to_owned(), 1);
    assert_eq!((sent.limit, sent.filters.as_str(), order(sent.sort_by)), (7, "eq(name,x)", by_identifier));
    let sent: admin::DescriptionEntityListRequest = asked(Listing::DescriptionEntities, &list);
    let id = sent.id.unwrap();
    assert_eq!((sent.resource_type, id.project.as_str(), id.name.as_str()), (1, "flytesnacks", "n"));
    assert_eq!((sent.limit, sent.filters.as_str(), order(sent.sort_by)), (7, "eq(name,x)", newest));
}

#[test]
fn an_order_may_be_asked_for() {
    let list = |text: &str| List { sort_by: Some(text.to_owned()), ..List::default() };
    let sent: admin::ResourceListRequest = asked(Listing::Tasks, &list(" asc( name ) "));
    assert_eq!(order(sent.sort_by), ("name".to_owned(), 1));
    let server = Server::new(unexpected);
    for text in ["name", "asc(name", "up(name)", "asc()", ""] {
        let error = server.remote().list(Listing::Tasks, &list(text), &call()).err().unwrap();
        assert_eq!(error.path.as_deref(), Some("sortBy"), "{text}");
    }
}

/// A missing key is nothing that Admin can sort by; flytekit takes it, and fails in its own way on an empty text.
const SORT_DEVIATIONS: [&str; 2] = ["sort-3", "sort-7"];

#[test]
fn orders_are_read_as_flytekit_reads_them() {
    for case in vectors("filters.json").iter().filter(|case| case["op"] == "sort_parse") {
        let list = List { sort_by: Some(case["text_in"].as_str().unwrap().to_owned()), ..List::default() };
        if case.get("error").is_some() || SORT_DEVIATIONS.contains(&id(case)) {
            assert!(Server::new(unexpected).remote().list(Listing::Tasks, &list, &call()).is_err(), "{}", id(case));
            continue;
        }
        let sent: admin::ResourceListRequest = asked(Listing::Tasks, &list);
        assert_eq!(sent.sort_by, Some(message(&case["value"]["proto"])), "{}", id(case));
    }
}

#[test]
fn a_page_that_leads_to_itself_ends_the_list_with_an_error() {
    let server = Server::new(|request| {
        let asked: admin::ResourceListRequest = request.decode();
        let execution = admin::Execution { id: Some(Default::default()), ..Default::default() };
        let token = if request.nth < 5 { "same".to_owned() } else { String::new() };
        assert!(asked.token.is_empty() || asked.token == "same");
        ok(&admin::ExecutionList { executions: vec![execution], token })
    });
    let pager = server.remote().list(Listing::Executions, &List::default(), &call()).unwrap();
    assert!(server.run(pager.next()).is_ok());
    let error = server.run(pager.next()).unwrap_err();
    assert_eq!(error.kind, Kind::System);
    assert!(error.message.contains("token"), "{}", error.message);
    assert_eq!(server.rpcs().len(), 2);
}

#[test]
fn one_page_is_given_with_the_token_of_the_next() {
    let server = Server::new(|request| serve(&["a", "b", "c"], request));
    let pager = server.remote().list(Listing::Executions, &List::default(), &call()).unwrap();
    let (items, token) = server.run(pager.page(Some(2), "")).unwrap();
    assert_eq!((items.len(), token.as_str()), (2, "2"));
    let (items, token) = server.run(pager.page(Some(2), &token)).unwrap();
    assert_eq!((items.len(), token.as_str()), (1, ""));
    assert_eq!(server.run(pager.page(Some(0), "")).unwrap_err().path.as_deref(), Some("limit"));
}

#[test]
fn names_need_to_know_of_what() {
    let error = Server::new(unexpected).remote().list(Listing::NamedEntities, &List::default(), &call()).err().unwrap();
    assert_eq!(error.path.as_deref(), Some("kind"));
}

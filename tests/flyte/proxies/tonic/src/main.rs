//! gRPC-Web to gRPC by tonic-web: `tonic-proxy HOST:PORT UPSTREAM`, e.g. `tonic-proxy 127.0.0.1:8080 http://127.0.0.1:8089`.

use std::{env, error::Error};

use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::net::TcpListener;
use tonic::{body::Body, transport::Endpoint};
use tonic_web::GrpcWebLayer;
use tower::{Layer, ServiceExt};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = env::args().skip(1);
    let (Some(listen), Some(upstream)) = (arguments.next(), arguments.next()) else {
        return Err("usage: tonic-proxy HOST:PORT UPSTREAM".into());
    };
    let service = GrpcWebLayer::new().layer(Endpoint::from_shared(upstream)?.connect_lazy());
    let listener = TcpListener::bind(listen).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        let service = service.clone().map_request(|request: http::Request<Incoming>| request.map(Body::new));
        tokio::spawn(async move {
            let connection = auto::Builder::new(TokioExecutor::new());
            if let Err(error) =
                connection.serve_connection(TokioIo::new(socket), TowerToHyperService::new(service)).await
            {
                eprintln!("{error}");
            }
        });
    }
}

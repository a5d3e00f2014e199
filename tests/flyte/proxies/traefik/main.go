// gRPC-Web to gRPC as Traefik's grpcWeb middleware does it: the same library with the same options, before a plain reverse
// proxy. Usage: traefik-proxy HOST:PORT UPSTREAM, e.g. traefik-proxy 127.0.0.1:8080 http://127.0.0.1:8089
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/improbable-eng/grpc-web/go/grpcweb"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: traefik-proxy HOST:PORT UPSTREAM")
	}
	upstream, err := url.Parse(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	http2 := new(http.Protocols)
	http2.SetUnencryptedHTTP2(true)
	proxy := httputil.NewSingleHostReverseProxy(upstream)
	proxy.Transport = &http.Transport{Protocols: http2}
	anyOrigin := func(string) bool { return true }
	handler := grpcweb.WrapHandler(proxy, grpcweb.WithCorsForRegisteredEndpointsOnly(false), grpcweb.WithOriginFunc(anyOrigin))
	log.Fatal(http.ListenAndServe(os.Args[1], handler))
}

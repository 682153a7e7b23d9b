module github.com/parley-chat/parley/test/proxies

go 1.26.0

toolchain go1.26.11

require (
	github.com/gorilla/websocket v1.5.3
	github.com/parley-chat/parley v0.0.0
)

replace github.com/parley-chat/parley => ../..

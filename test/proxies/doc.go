// Package proxies runs the lines of docs/proxies.md: it takes each configuration from the
// page, changes nothing in it but ports, addresses and the names of files, starts the real
// proxy on the loopback interface with a real Parley behind it, and has a visitor and an
// agent talk through it. It also leaves lines out, and looks for the cure in Parley's log.
//
// Caddy is built from the Go module that tools/go.mod pins. The other proxies are Debian's
// packages nginx, apache2-bin and haproxy; make setup installs them. A proxy that is missing
// fails its test.
package proxies

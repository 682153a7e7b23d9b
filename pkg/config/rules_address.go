package config

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// address checks an address to listen on.
func address(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		return fmt.Sprintf("%q is not an address such as 127.0.0.1:8080 or :8080", addr)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Sprintf("%q has no valid port", addr)
	}
	if host != "" && net.ParseIP(host) == nil && strings.ContainsAny(host, " /") {
		return fmt.Sprintf("%q has no valid host", addr)
	}
	return ""
}

func healthAddress(g given) string {
	if g.HealthAddr == "" {
		return ""
	}
	if wrong := address(g.HealthAddr); wrong != "" {
		return wrong
	}
	if g.front() && collide(g.Addr, g.HealthAddr) {
		return fmt.Sprintf("%s uses the same port as ADDR (%s); set different ports", g.HealthAddr, g.Addr)
	}
	return ""
}

// pprofAddress keeps profiles, which show what is in memory, on the machine itself.
func pprofAddress(g given) string {
	if g.PprofAddr == "" {
		return ""
	}
	if wrong := address(g.PprofAddr); wrong != "" {
		return wrong
	}
	host, _, _ := net.SplitHostPort(g.PprofAddr)
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
		return fmt.Sprintf("%s can be reached from other machines, and profiles show what is in memory; use a loopback address such as 127.0.0.1:6060", g.PprofAddr)
	}
	for _, other := range []struct{ setting, addr string }{{"ADDR", g.Addr}, {"HEALTH_ADDR", g.HealthAddr}} {
		if collide(other.addr, g.PprofAddr) && (other.setting != "ADDR" || g.front()) {
			return fmt.Sprintf("%s uses the same port as %s (%s); set different ports", g.PprofAddr, other.setting, other.addr)
		}
	}
	return ""
}

// collide reports whether one process can't listen on both addresses. Host names are
// not looked up.
func collide(a, b string) bool {
	hostA, portA := hostPort(a)
	hostB, portB := hostPort(b)
	if portA == 0 || portA != portB {
		return false
	}
	return hostA == "" || hostB == "" || hostA == hostB
}

// hostPort splits an address. The host is empty if it stands for every address of the
// machine; the port is 0 if any free port will do, or if it is invalid.
func hostPort(addr string) (host string, port int) {
	host, name, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0
	}
	port, err = net.LookupPort("tcp", name)
	if err != nil {
		return "", 0
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if host = ip.Unmap().String(); ip.IsUnspecified() {
			host = "" // net.Listen takes 0.0.0.0 to include IPv6
		}
	}
	return host, port
}

func natsURL(g given) string {
	if g.NATSURL == "" {
		if g.role != "" && !g.apart() {
			return fmt.Sprintf("the role %s needs a NATS server, such as nats://127.0.0.1:4222", g.role)
		}
		return ""
	}
	sockets, servers := 0, strings.Split(g.NATSURL, ",")
	for _, u := range servers {
		if !validURL(u, "nats", "tls", "ws", "wss") {
			return hidePassword(u) + " is not a URL such as nats://127.0.0.1:4222"
		}
		if validURL(u, "ws", "wss") {
			sockets++
		}
	}
	if sockets != 0 && sockets != len(servers) {
		return "either all servers are reached by WebSocket (ws, wss) or none"
	}
	return ""
}

// gatewayURL checks where the role web reaches a gateway: scheme and host, since the path is
// BASE_PATH's.
func gatewayURL(g given) string {
	if g.GatewayURL == "" {
		if g.apart() {
			return "the role web asks a gateway how the chat looks: set where it reaches one, such as http://gateway:8080"
		}
		return ""
	}
	u, err := url.Parse(g.GatewayURL)
	if err != nil || !validURL(g.GatewayURL, "http", "https") || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return hidePassword(g.GatewayURL) + " is not the address of a gateway, such as http://gateway:8080, without a path"
	}
	return ""
}

// modelURL checks the base URL of an OpenAI-compatible API.
func modelURL(g given) string {
	if g.LLMURL == "" {
		if g.LLMKey != "" || g.LLMModel != "" {
			return "LLM_KEY and LLM_MODEL mean nothing without it"
		}
		return ""
	}
	if !validURL(g.LLMURL, "http", "https") {
		return hidePassword(g.LLMURL) + " is not a URL such as https://llm.example.org/v1"
	}
	if u, err := url.Parse(g.LLMURL); err == nil && (u.User != nil || u.RawQuery != "" || u.Fragment != "") {
		return "it holds a user, a password, a query or a fragment; the API key is LLM_KEY"
	}
	return ""
}

// validURL reports whether s is a URL with one of the schemes, a host, and a valid port
// or none.
func validURL(s string, schemes ...string) bool {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme) {
		return false
	}
	port, err := strconv.Atoi(cmp.Or(u.Port(), "1"))
	return err == nil && port > 0 && port < 1<<16
}

// hidePassword quotes a URL without anything that may be a secret.
func hidePassword(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.User == nil && strings.Contains(s, "@") { // not a URL, but it may hold a password
		return "it"
	}
	return strconv.Quote(u.Redacted())
}

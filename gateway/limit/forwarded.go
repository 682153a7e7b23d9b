package limit

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwardedHeaders are those in which proxies say what they changed.
var forwardedHeaders = []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"}

// forwardedBy returns what the request's proxies say about what: "For", "Host", "Proto" or
// "Port", the nearest proxy last, maxHops of them at most. It is what X-Forwarded-… says;
// or, if there is no such header at all, what Forwarded (RFC 7239) says. A proxy that
// writes one kind passes the other one on as a client sent it, so they are never mixed.
// Whether the proxies are trusted is for the caller to ask.
func forwardedBy(r *http.Request, what string) []string {
	values := r.Header.Values("X-Forwarded-" + what)
	if len(values) > 0 {
		return lastEntries(strings.Join(values, ","))
	}
	standard := r.Header.Values("Forwarded")
	if len(standard) == 0 || what == "Port" || slices.ContainsFunc(forwardedHeaders[:3], func(name string) bool { return len(r.Header.Values(name)) > 0 }) {
		return nil
	}
	var found []string
	joined := strings.Join(standard, ",")
	for _, element := range quotedSplit(joined[max(0, len(joined)-maxForwarded):], ',') {
		value := "" // an element without it is still a hop
		for _, pair := range quotedSplit(element, ';') {
			if name, v, ok := strings.Cut(pair, "="); ok && strings.EqualFold(strings.TrimSpace(name), what) {
				value = unquoted(strings.TrimSpace(v))
			}
		}
		found = append(found, value)
	}
	return found[max(0, len(found)-maxHops):]
}

// maxForwarded is how many bytes of Forwarded are looked at, from its end.
const maxForwarded = 4 << 10

// lastEntries returns the last maxHops entries between commas, without spaces around them.
func lastEntries(s string) (list []string) {
	for range maxHops {
		at := strings.LastIndexByte(s, ',')
		list = append(list, strings.TrimSpace(s[at+1:]))
		if at < 0 {
			break
		}
		s = s[:at]
	}
	slices.Reverse(list)
	return list
}

// quotedSplit splits at a separator that is not within quotes.
func quotedSplit(s string, separator byte) (parts []string) {
	from, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			parts, from = append(parts, s[from:i]), i+1
		}
	}
	return append(parts, s[from:])
}

// unquoted returns the text of a quoted string of HTTP, or what is no such string as it is.
func unquoted(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`), `\\`, `\`)
}

// maxHosts is how many names of a host are taken from proxies' headers.
const maxHosts = 4

// Hosts returns the names by which the browser may know us: the request's Host, and, if
// the peer is a trusted proxy, those that it says it was asked for, with the port that it
// says, where the name has none.
//
// No page of another site can choose them, so they decide what is our own page: a
// WebSocket and a form can't send such headers, and another request that does needs a
// permission that is never given.
func Hosts(r *http.Request, trusted []netip.Prefix) []string {
	hosts := []string{r.Host}
	if !Within(trusted, parseHop(r.RemoteAddr)) {
		return hosts
	}
	said := forwardedBy(r, "Host")
	for _, host := range said[max(0, len(said)-maxHosts):] {
		if host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	ports := forwardedBy(r, "Port")
	if len(ports) == 0 {
		return hosts
	}
	port := ports[len(ports)-1]
	for _, host := range hosts {
		if _, _, err := net.SplitHostPort(host); err != nil && host != "" && port != "" {
			hosts = append(hosts, host+":"+port)
		}
	}
	return hosts
}

// ForwardedUntrusted returns the peer of a request that has headers of a proxy, although
// the peer is not trusted, and the name of the first of them. Either the proxy is missing
// in TRUSTED_PROXIES, and all visitors behind it share its address, or somebody forged the
// header.
func ForwardedUntrusted(r *http.Request, trusted []netip.Prefix) (peer netip.Addr, header string) {
	peer = parseHop(r.RemoteAddr)
	if Within(trusted, peer) {
		return peer, ""
	}
	for _, name := range forwardedHeaders {
		if len(r.Header.Values(name)) > 0 {
			return peer, name
		}
	}
	return peer, ""
}

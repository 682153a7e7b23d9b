package limit

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Blocked says why a request was refused before anybody was asked who makes it, and what
// whoever runs the proxy, or this installation, can do about it.
type Blocked struct {
	// Cause is one of a few words, by which lines of the log are counted.
	Cause string
	// Cure is a sentence without its full stop. It holds an Origin or a Host only if it
	// is a plain one, so nothing in it can break a line.
	Cure string
}

// Causes are the words for causes.
var Causes = []string{"origin", "origins", "null", "unreadable", "scheme", "untrusted", "port", "host", "upgrade", "path", "insecure"}

// HostCure says how proxies pass on the host that the browser asked for.
const HostCure = "nginx: proxy_set_header Host $http_host; Apache: ProxyPreserveHost On"

// WhyBlocked explains why OriginAllowed refuses the request.
func (s *Site) WhyBlocked(r *http.Request, allowed []string, trusted []netip.Prefix) Blocked {
	values := r.Header.Values("Origin")
	origin, ok := originOf(r)
	switch {
	case len(values) > 1:
		return Blocked{"origins", "the request has more than one Origin; a proxy must pass on the browser's as it is"}
	case len(values) == 1 && values[0] == NoOrigin:
		return Blocked{"null", "the page has no origin of its own: it is a file, or in a frame with the attribute sandbox; serve it from a site, add allow-same-origin to the sandbox, or, if every page may open chats here, add null to ALLOWED_ORIGINS"}
	case !ok:
		return Blocked{"unreadable", "the Origin is none that a browser sends; a proxy must pass it on as it is"}
	case s.Forged(r):
		return Blocked{"scheme", fmt.Sprintf("the page was loaded from %s, but PUBLIC_URL is %s; have the proxy lead visitors from one to the other, or correct PUBLIC_URL", origin, s.URL())}
	}
	scheme, host, port := parts(origin)
	if scheme != "https" && scheme != "http" {
		return Blocked{"origin", fmt.Sprintf("%s is not in ALLOWED_ORIGINS; add it there if this app, or this extension of a browser, may open chats", origin)}
	}
	if peer, header := ForwardedUntrusted(r, trusted); header != "" && sameOrigin(r, origin, []netip.Prefix{netip.PrefixFrom(peer, peer.BitLen())}) {
		return Blocked{"untrusted", fmt.Sprintf("a proxy at %s says which host the browser asked for, but it is not in TRUSTED_PROXIES; add its address or network there, or set PUBLIC_URL=%s%s", peer, origin, s.Base())}
	}
	own := plainHostname(r.Host)
	_, _, noPort := net.SplitHostPort(r.Host)
	switch {
	case scheme == "http" && sameOrigin(r, "https"+strings.TrimPrefix(origin, "http"), trusted):
		return Blocked{"scheme", fmt.Sprintf("the page was loaded without TLS, from %s, but its connection comes by TLS, or the proxy says so; have the proxy lead visitors to https, or send X-Forwarded-Proto as it is (nginx: proxy_set_header X-Forwarded-Proto $scheme)", origin)}
	case own == plainHostname(host) && noPort == nil && s.publicOrigin() == "":
		return Blocked{"port", fmt.Sprintf("the page is at another port than the request; if it is a site that may embed the chat, add %s to ALLOWED_ORIGINS; if a proxy is in between, have it pass on the host with its port (%s), or set PUBLIC_URL=%s%s", origin, HostCure, origin, s.Base())}
	case own == plainHostname(host) && port != "" && s.publicOrigin() == "":
		return Blocked{"port", fmt.Sprintf("the proxy passes on the host without its port, or with another one; have it pass on both (%s), or set PUBLIC_URL=%s%s", HostCure, origin, s.Base())}
	case own == plainHostname(host):
		return Blocked{"port", fmt.Sprintf("the page is at another port or address than PUBLIC_URL, which is %s; correct PUBLIC_URL, or, if both are wanted, have the proxy pass on the host with its port (%s)", s.URL(), HostCure)}
	case s.publicOrigin() == "" && inside(own):
		return Blocked{"host", fmt.Sprintf("if %s is the address that people use, the proxy has changed the host; have it pass on the browser's (%s), or set PUBLIC_URL=%s%s; if it is a site that may embed the chat, add it to ALLOWED_ORIGINS", origin, HostCure, origin, s.Base())}
	case s.publicOrigin() == origin:
		return Blocked{"host", fmt.Sprintf("the proxy has changed the host; have it pass on the browser's (%s), or send it as X-Forwarded-Host and be in TRUSTED_PROXIES", HostCure)}
	case len(allowed) > 0 && slices.ContainsFunc(allowed, func(entry string) bool { return nearly(entry, origin) }):
		return Blocked{"origin", fmt.Sprintf("ALLOWED_ORIGINS names this site with another scheme or port, or without the name in front; if it may embed the chat, add %s", origin)}
	}
	return Blocked{"origin", fmt.Sprintf("%s is not in ALLOWED_ORIGINS; add it there if this site may embed the chat", origin)}
}

// nearly reports whether an entry differs from an origin by its scheme or port only, or is
// the site below which the origin is.
func nearly(entry, origin string) bool {
	_, a, _ := parts(entry)
	_, b, _ := parts(origin)
	a = strings.TrimPrefix(a, "*.")
	return a == b || strings.HasSuffix(b, "."+a)
}

// inside reports whether a host, as plainHostname returns it, is one that a proxy calls us
// by and no visitor: an address, a name of this machine, or one without a dot.
func inside(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return loopback(host) || !strings.Contains(host, ".") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".svc")
}

// Upgrading returns what a request for a WebSocket lacks that every browser sends, or
// the zero Blocked.
func Upgrading(r *http.Request) Blocked {
	const cure = "a proxy must pass on the upgrade to a WebSocket (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\"; Apache 2.4.47 or later: ProxyPass with upgrade=websocket)"
	switch {
	case r.Method == http.MethodConnect:
		return Blocked{"upgrade", "the connection was opened by CONNECT, as HTTP/2 does; have the proxy speak HTTP/1.1 to Parley"}
	case r.ProtoMajor > 1:
		return Blocked{"upgrade", "the request came by HTTP/2; have the proxy speak HTTP/1.1 to Parley"}
	case !hasToken(r.Header, "Upgrade", "websocket") && !hasToken(r.Header, "Connection", "upgrade"):
		return Blocked{"upgrade", "the headers Upgrade and Connection are missing; " + cure}
	case !hasToken(r.Header, "Upgrade", "websocket"):
		return Blocked{"upgrade", "the header Upgrade is missing, or is not websocket; " + cure}
	case !hasToken(r.Header, "Connection", "upgrade"):
		return Blocked{"upgrade", "the header Connection is missing, or is not upgrade; " + cure}
	case len(r.Header.Values("Sec-WebSocket-Key")) == 0 || len(r.Header.Values("Sec-WebSocket-Version")) == 0:
		return Blocked{"upgrade", "the headers Sec-WebSocket-Key and Sec-WebSocket-Version are missing; a proxy, or a firewall for web applications, must pass on all headers that begin with Sec-WebSocket"}
	}
	return Blocked{}
}

// WrongPath explains a request for a WebSocket that came to a path where there is none, as
// it does when a proxy changes the path, or when BASE_PATH is missing; the zero Blocked if
// the request is none for a WebSocket.
func (s *Site) WrongPath(r *http.Request) Blocked {
	if !hasToken(r.Header, "Upgrade", "websocket") {
		return Blocked{}
	}
	for _, end := range []string{"/ws", "/ws/agent"} {
		above, ours := strings.CutSuffix(r.URL.Path, end)
		if base, err := ParseBase(above); ours && err == nil && base != "" && base != s.Base() {
			return Blocked{"path", fmt.Sprintf("a WebSocket was asked for below %s; if Parley is served there, set BASE_PATH=%[1]s, or have the proxy take away the rest", base)}
		}
	}
	return Blocked{"path", fmt.Sprintf("a WebSocket was asked for where there is none: %[1]s/ws is the visitors', and %[1]s/ws/agent the agents'; have the proxy pass on the path as it is (nginx: nothing after the port in proxy_pass)", s.Base())}
}

// hasToken reports whether one of a header's tokens is the word, in any case.
func hasToken(h http.Header, name, word string) bool {
	for _, line := range h.Values(name) {
		for token := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(token), word) {
				return true
			}
		}
	}
	return false
}

// maxShown is how many bytes of a header the log shows.
const maxShown = 120

// Shown is a header's value as the log shows it: short, and in printable ASCII only.
func Shown(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s[:min(len(s), maxShown)])
	return s
}

// ShownPeer is the address that a request came from, without its port.
func ShownPeer(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return Shown(host)
	}
	return Shown(r.RemoteAddr)
}

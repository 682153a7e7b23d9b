package limit

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/parley-chat/parley/pkg/codes"
)

// Site is where people reach this installation: PUBLIC_URL, and the address that the
// gateway listens on. It decides which host names are ours, which pages are, and whether
// cookies are for TLS only. A nil *Site knows neither: every host is ours. It is never
// changed, so its methods may be called concurrently.
type Site struct {
	origin string // of PUBLIC_URL, as browsers write it; empty if it is not set
	host   string // of PUBLIC_URL, without a port
	base   string // BASE_PATH, as ParseBase returns it
	// listens is the host of ADDR: a name, an address, or empty for all addresses of the
	// machine.
	listens string
}

// WrongHost is the sentence for a request to a host that is not ours.
const WrongHost = "Parley does not answer to this host name. If it should, its operator must set PUBLIC_URL to the address that people use, such as https://chat.example.org."

// NewSite reads PUBLIC_URL, which may be empty, for a gateway that listens on addr and is
// served below base, as ParseBase returns it. If base is empty, the path of PUBLIC_URL is
// the base. The error is a sentence about PUBLIC_URL.
func NewSite(publicURL, base, addr string) (*Site, error) {
	s := &Site{base: base}
	if host, _, err := net.SplitHostPort(addr); err == nil {
		s.listens = plainHostname(host)
		if ip, err := netip.ParseAddr(s.listens); err == nil && ip.IsUnspecified() {
			s.listens = ""
		}
	}
	if publicURL == "" {
		return s, nil
	}
	at, path := publicURL, ""
	if scheme, rest, ok := strings.Cut(publicURL, "://"); ok {
		if cut := strings.IndexAny(rest, "/?#"); cut >= 0 && rest[cut] == '/' {
			at, path = scheme+"://"+rest[:cut], rest[cut:]
		}
	}
	origin, err := normalOrigin(at)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(origin, "http") {
		return nil, errors.New("it begins with https:// or http://")
	}
	below, err := ParseBase(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("its path can't be used: %w", err)
	case base == "":
		s.base = below
	case below != "" && below != base:
		return nil, fmt.Errorf("its path is %s, but BASE_PATH is %s; make them the same, or leave one of them out", below, base)
	}
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err // impossible: it was just written
	}
	s.origin, s.host = origin, plainHostname(u.Host)
	return s, nil
}

// PageHosts returns the hosts to which a page may open WebSockets: the one that the request
// names, and that of PUBLIC_URL. Only without PUBLIC_URL are they those that trusted proxies
// name: one that passes on whatever it was sent would let anybody put a host into the page,
// which a cache might keep for all.
func (s *Site) PageHosts(r *http.Request, trusted []netip.Prefix) []string {
	if s == nil || s.origin == "" {
		return Hosts(r, trusted)
	}
	_, own, _ := strings.Cut(s.origin, "://")
	if r.Host == own {
		return []string{own}
	}
	return []string{r.Host, own}
}

// URL returns PUBLIC_URL with the base path and without a slash at its end; empty if it is
// not set.
func (s *Site) URL() string {
	if s == nil || s.origin == "" {
		return ""
	}
	return s.origin + s.base
}

// publicOrigin is the origin of PUBLIC_URL; empty if it is not set.
func (s *Site) publicOrigin() string {
	if s == nil {
		return ""
	}
	return s.origin
}

// Local reports whether only this machine reaches the gateway directly.
func (s *Site) Local() bool { return s != nil && loopback(s.listens) }

// TLS reports whether people reach the gateway by TLS, whatever a proxy says.
func (s *Site) TLS() bool { return s != nil && strings.HasPrefix(s.origin, "https://") }

// Secure reports whether the browser that makes the request speaks TLS: PUBLIC_URL says
// so, or SecureRequest.
func (s *Site) Secure(r *http.Request, trusted []netip.Prefix) bool {
	return s.TLS() || SecureRequest(r, trusted)
}

// LosesCookies reports whether the page that makes the request is one where the browser
// drops our cookies: they are for TLS, and the page was loaded without, from another
// machine. The page's own Origin decides, since a proxy that ends TLS may hide both the
// scheme and the host that the browser sees; what sends no Origin is no browser.
func (s *Site) LosesCookies(r *http.Request) bool {
	origin, ok := originOf(r)
	if !ok || !s.TLS() {
		return false
	}
	scheme, host, _ := strings.Cut(origin, "://")
	return scheme == "http" && !loopback(plainHostname(host))
}

// Owns reports whether a request is meant for this gateway by its Host. A page of another
// site whose name was made to resolve to our address (DNS rebinding) sends its own name,
// and to the browser everything here would be that site's. Names of this machine are
// always ours: nobody can make them resolve to another place. So are addresses, where the
// gateway listens on them: they don't resolve at all.
func (s *Site) Owns(host string) bool {
	if s == nil || host == "" { // no browser leaves it out
		return true
	}
	host = plainHostname(host)
	if host == s.host || loopback(host) || host == s.listens {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return s.listens == "" || s.origin == "" && !loopback(s.listens)
	}
	return s.origin == "" && !loopback(s.listens)
}

// ownsAny reports whether the request's Host is ours, or what the trusted proxy in front
// says that it was asked for.
func (s *Site) ownsAny(r *http.Request, trusted []netip.Prefix) bool {
	if s.Owns(r.Host) {
		return true
	}
	if !Within(trusted, parseHop(r.RemoteAddr)) {
		return false
	}
	// The last one is what the nearest proxy wrote. What is before it may be the client's.
	said := forwardedBy(r, "Host")
	return len(said) > 0 && said[len(said)-1] != "" && s.Owns(said[len(said)-1])
}

// Guard refuses requests to hosts that are not ours. Probes and metrics are answered
// under any name, unless nothing but this machine reaches them: what asks for them in a
// cluster may use the name of a Service. refused is called with each request that is
// refused, concurrently.
func (s *Site) Guard(next http.Handler, trusted []netip.Prefix, refused func(*http.Request)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.ownsAny(r, trusted) || probe(r.URL.Path) && !s.Local() {
			next.ServeHTTP(w, r)
			return
		}
		refused(r)
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Type", "text/plain; charset=utf-8")
		body := WrongHost + "\n"
		if path := strings.TrimPrefix(r.URL.Path, s.Base()); path == "/ws" || strings.HasPrefix(path, "/ws/") || strings.HasPrefix(path, "/api/") {
			h.Set("Content-Type", "application/json; charset=utf-8")
			body = `{"code":"` + codes.BadHost + `","message":"` + WrongHost + "\"}\n"
		}
		w.WriteHeader(http.StatusMisdirectedRequest)
		_, _ = w.Write([]byte(body)) // on an error the client is gone
	})
}

func probe(path string) bool { return path == "/healthz" || path == "/readyz" || path == "/metrics" }

// OriginAllowed is the function of this name, with what PUBLIC_URL says about our own
// pages: below its host, only a page at its very origin is one, so a page that somebody
// between a browser and us slipped in without TLS is not.
func (s *Site) OriginAllowed(r *http.Request, allowed []string, trusted []netip.Prefix) bool {
	if s.Forged(r) {
		return false
	}
	if origin, ok := originOf(r); ok && s.publicOrigin() == origin && s.atOurs(r, trusted) {
		return true // a proxy may leave out the port, or name the host elsewhere
	}
	return OriginAllowed(r, allowed, trusted)
}

// atOurs reports whether the request is for the host of PUBLIC_URL.
func (s *Site) atOurs(r *http.Request, trusted []netip.Prefix) bool {
	return slices.ContainsFunc(Hosts(r, trusted), func(host string) bool { return plainHostname(host) == s.host })
}

// Forged reports whether the request's page pretends to be one of ours: it has the host
// of PUBLIC_URL, and another scheme.
func (s *Site) Forged(r *http.Request) bool {
	origin, ok := originOf(r)
	if !ok || s.publicOrigin() == "" {
		return false
	}
	scheme, host, _ := strings.Cut(origin, "://")
	own, _, _ := strings.Cut(s.origin, "://")
	return plainHostname(host) == s.host && scheme != own
}

// plainHostname returns the host of "host", "host:port", "[v6]" or "[v6]:port" in lower
// case, without brackets and without the dot at the end of a full name.
func plainHostname(hostport string) string {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().WithZone("").String()
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// loopback reports whether a host, as plainHostname returns it, is this machine by any
// resolver.
func loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Host returns the host name of PUBLIC_URL, or "" if it is not set.
func (s *Site) Host() string {
	if s == nil {
		return ""
	}
	return s.host
}

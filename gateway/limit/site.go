package limit

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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
	// listens is the host of ADDR: a name, an address, or empty for all addresses of the
	// machine.
	listens string
}

// WrongHost is the sentence for a request to a host that is not ours.
const WrongHost = "Parley does not answer to this host name. If it should, its operator must set PUBLIC_URL to the address that people use, such as https://chat.example.org."

// NewSite reads PUBLIC_URL, which may be empty, for a gateway that listens on addr. The
// error is a sentence about PUBLIC_URL.
func NewSite(publicURL, addr string) (*Site, error) {
	s := &Site{}
	if host, _, err := net.SplitHostPort(addr); err == nil {
		s.listens = plainHostname(host)
		if ip, err := netip.ParseAddr(s.listens); err == nil && ip.IsUnspecified() {
			s.listens = ""
		}
	}
	if publicURL == "" {
		return s, nil
	}
	origin, err := normalOrigin(strings.TrimSuffix(publicURL, "/"))
	if u, parse := url.Parse(publicURL); parse == nil && u.Host != "" && u.Path != "" && u.Path != "/" {
		err = errors.New("it has a path, but Parley is served at the root of its host; leave the path out")
	}
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err // impossible: it was just written
	}
	s.origin, s.host = origin, plainHostname(u.Host)
	return s, nil
}

// URL returns PUBLIC_URL without a slash at its end; empty if it is not set.
func (s *Site) URL() string {
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

// Guard refuses requests to hosts that are not ours. Probes and metrics are answered
// under any name, unless nothing but this machine reaches them: what asks for them in a
// cluster may use the name of a Service. refused is told the host of each request that is
// refused; it is called concurrently.
func (s *Site) Guard(next http.Handler, refused func(host string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.Owns(r.Host) || probe(r.URL.Path) && !s.Local() {
			next.ServeHTTP(w, r)
			return
		}
		refused(r.Host)
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Type", "text/plain; charset=utf-8")
		body := WrongHost + "\n"
		if r.URL.Path == "/ws" || strings.HasPrefix(r.URL.Path, "/ws/") || strings.HasPrefix(r.URL.Path, "/api/") {
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
func (s *Site) OriginAllowed(r *http.Request, allowed []string) bool {
	if s.Forged(r) {
		return false
	}
	if origin, ok := originOf(r); ok && s.URL() == origin && plainHostname(r.Host) == s.host {
		return true // a proxy may leave out the port
	}
	return OriginAllowed(r, allowed)
}

// Forged reports whether the request's page pretends to be one of ours: it has the host
// of PUBLIC_URL, and another scheme.
func (s *Site) Forged(r *http.Request) bool {
	origin, ok := originOf(r)
	if !ok || s.URL() == "" {
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

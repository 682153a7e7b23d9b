package limit

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// AnyOrigin in ALLOWED_ORIGINS allows every site.
const AnyOrigin = "*"

// OriginAllowed reports whether the page that opens a WebSocket may: one of this
// server's own, or of an allowed origin (as ParseOrigins returned them). A request
// without an Origin does not come from another site's page, since browsers always
// send it with a WebSocket; it is allowed. With allowed nil only our own pages may.
//
// A WebSocket begins with a GET, which net/http.CrossOriginProtection lets pass from
// everywhere; requests that change something are checked by that, in package api.
func OriginAllowed(r *http.Request, allowed []string) bool {
	if len(r.Header.Values("Origin")) == 0 || slices.Contains(allowed, AnyOrigin) {
		return true
	}
	origin, ok := originOf(r)
	return ok && (sameOrigin(r, origin) || slices.Contains(allowed, origin))
}

// originOf returns the request's one Origin as ParseOrigins would write it.
func originOf(r *http.Request) (string, bool) {
	values := r.Header.Values("Origin")
	if len(values) != 1 {
		return "", false
	}
	origin, err := normalOrigin(values[0])
	return origin, err == nil
}

// sameOrigin compares the origin with the request's host. Behind a proxy that ends TLS
// the scheme is not known here, so it only rejects a page without TLS that uses a TLS
// connection.
func sameOrigin(r *http.Request, origin string) bool {
	scheme, _, _ := strings.Cut(origin, "://")
	if r.TLS != nil && scheme != "https" {
		return false
	}
	own, err := normalOrigin(scheme + "://" + r.Host)
	return err == nil && own == origin
}

// ParseOrigins reads ALLOWED_ORIGINS: origins such as https://shop.example or
// http://localhost:3000 separated by commas or spaces, or "*". Each is returned as
// browsers write it, and holds nothing that could end a header's directive. The error
// has one sentence for each fault.
func ParseOrigins(s string) ([]string, error) {
	var origins []string
	var faults []error
	for _, entry := range entries(s) {
		origin, err := normalOrigin(entry)
		if entry == AnyOrigin {
			origin, err = AnyOrigin, nil
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("it holds %q: %w", entry, err))
			continue
		}
		if !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return origins, nil
}

var hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$`)

// normalOrigin returns "scheme://host[:port]" in lower case, without the scheme's
// own port.
func normalOrigin(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "", errors.New(`an origin is written as "https://shop.example" or "https://shop.example:8443"`)
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return "", fmt.Errorf("an origin begins with https:// or http://, not %q", u.Scheme)
	}
	if u.User != nil || u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" || strings.ContainsAny(s, "#?") {
		return "", errors.New("an origin ends with its host or port, without a slash, a path or a query")
	}
	host, err := normalHost(u.Hostname())
	if err != nil {
		return "", err
	}
	port := u.Port()
	if strings.HasSuffix(u.Host, ":") {
		return "", errors.New("there is a colon without a port")
	}
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		return u.Scheme + "://" + host, nil
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port {
		return "", fmt.Errorf("a port is a number from 1 to 65535, not %q", port)
	}
	return u.Scheme + "://" + host + ":" + port, nil
}

func normalHost(host string) (string, error) {
	if strings.Contains(host, ":") {
		addr, err := netip.ParseAddr(host)
		if err != nil || addr.Zone() != "" {
			return "", fmt.Errorf("%q is no IPv6 address", host)
		}
		return "[" + addr.String() + "]", nil
	}
	host = strings.ToLower(host)
	switch {
	case strings.Contains(host, "*"):
		return "", errors.New("a star can't stand for a part of a name; name each origin, or \"*\" alone for all")
	case strings.ContainsFunc(host, func(r rune) bool { return r > '~' }):
		return "", fmt.Errorf("%q is written as browsers send it, in letters of ASCII (xn--…)", host)
	case !hostName.MatchString(host):
		return "", fmt.Errorf("%q is no host name", host)
	}
	return host, nil
}

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

	"golang.org/x/net/publicsuffix"
)

const (
	// AnyOrigin in ALLOWED_ORIGINS allows every site.
	AnyOrigin = "*"
	// NoOrigin in ALLOWED_ORIGINS allows pages that have no origin of their own, which
	// browsers write as "null": files, and frames with the attribute sandbox. Every site
	// can make such a frame.
	NoOrigin = "null"
)

// OriginAllowed reports whether the page that opens a WebSocket may: one of this
// server's own, or of an allowed origin (as ParseOrigins returned them). A request
// without an Origin does not come from another site's page, since browsers always
// send it with a WebSocket; it is allowed. With allowed nil only our own pages may. What
// trusted proxies say about the host that the browser knows us by is believed.
//
// A WebSocket begins with a GET, which net/http.CrossOriginProtection lets pass from
// everywhere; requests that change something are checked by that, in package api.
func OriginAllowed(r *http.Request, allowed []string, trusted []netip.Prefix) bool {
	values := r.Header.Values("Origin")
	if len(values) == 0 || slices.Contains(allowed, AnyOrigin) {
		return true
	}
	if len(values) == 1 && values[0] == NoOrigin {
		return slices.Contains(allowed, NoOrigin)
	}
	origin, ok := originOf(r)
	return ok && (sameOrigin(r, origin, trusted) || slices.ContainsFunc(allowed, func(entry string) bool { return covers(entry, origin) }))
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

// sameOrigin compares the origin with the hosts that the browser may know us by. Behind a
// proxy that ends TLS, and does not say so, the scheme is not known here, so it only
// rejects a page without TLS that uses a TLS connection, and schemes that no page of ours
// has.
func sameOrigin(r *http.Request, origin string, trusted []netip.Prefix) bool {
	scheme, _, _ := strings.Cut(origin, "://")
	if scheme != "https" && (scheme != "http" || SecureRequest(r, trusted)) {
		return false
	}
	for _, host := range Hosts(r, trusted) {
		if own, err := normalOrigin(scheme + "://" + host); err == nil && own == origin {
			return true
		}
	}
	return false
}

// covers reports whether an entry of ALLOWED_ORIGINS stands for an origin. A star stands
// for one label or more in front of a name, and for any port, as it does in a
// Content-Security-Policy, which is made of the same entries.
func covers(entry, origin string) bool {
	if entry == origin {
		return true
	}
	if !strings.Contains(entry, "*") {
		return false
	}
	scheme, host, port := parts(entry)
	itsScheme, itsHost, itsPort := parts(origin)
	if scheme != itsScheme || port != itsPort && port != "*" {
		return false
	}
	below, starred := strings.CutPrefix(host, "*")
	if !starred {
		return host == itsHost
	}
	return len(itsHost) > len(below) && strings.HasSuffix(itsHost, below) // below begins with a dot
}

// parts cuts an origin, as normalOrigin writes it.
func parts(origin string) (scheme, host, port string) {
	scheme, host, _ = strings.Cut(origin, "://")
	if at := strings.LastIndexByte(host, ':'); at >= 0 && !strings.HasSuffix(host, "]") {
		host, port = host[:at], host[at+1:]
	}
	return scheme, host, port
}

// ParseOrigins reads ALLOWED_ORIGINS: origins such as https://shop.example,
// https://*.shop.example, http://localhost:* or capacitor://localhost separated by commas
// or spaces, "*" or "null". Each is returned as browsers write it, and holds nothing that
// could end a header's directive. The error has one sentence for each fault.
func ParseOrigins(s string) ([]string, error) {
	var origins []string
	var faults []error
	for _, entry := range entries(s) {
		origin, err := parseEntry(entry)
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

// parseEntry reads one entry. People paste addresses, so a slash at the end and quotes
// around it are taken; what would change the meaning is refused.
func parseEntry(entry string) (string, error) {
	for _, quote := range []string{`"`, "'"} {
		if bare, ok := strings.CutPrefix(entry, quote); ok && strings.HasSuffix(bare, quote) {
			entry = strings.TrimSuffix(bare, quote)
		}
	}
	if entry == AnyOrigin || entry == NoOrigin {
		return entry, nil
	}
	if strings.HasPrefix(strings.ToLower(entry), "file:") {
		return "", errors.New("a file has no origin of its own; browsers write it as null")
	}
	entry = strings.TrimSuffix(entry, "/")
	scheme, rest, ok := strings.Cut(entry, "://")
	if !ok {
		if _, err := normalOrigin("https://" + strings.Replace(entry, "*.", "", 1)); err == nil {
			return "", fmt.Errorf("the scheme is missing; write https://%s", strings.ToLower(entry))
		}
		return "", errors.New(howOrigins)
	}
	if at := strings.IndexAny(rest, "/?#"); at > 0 {
		if _, err := normalOrigin(scheme + "://" + strings.Replace(rest[:at], "*.", "", 1)); err == nil {
			return "", fmt.Errorf("an origin ends with its host or port; write %s://%s", scheme, rest[:at])
		}
	}
	if !strings.Contains(rest, "*") {
		return normalOrigin(entry)
	}
	return parseStars(scheme, rest)
}

// parseStars reads an entry with a star for what is in front of a name, or for the port.
func parseStars(scheme, rest string) (string, error) {
	host, anyPort := strings.CutSuffix(rest, ":*")
	host, below := strings.CutPrefix(host, "*.")
	origin, err := normalOrigin(scheme + "://" + host)
	switch {
	case host == "*" || strings.HasPrefix(host, "*:"):
		return "", errors.New(`a star alone, without a scheme, stands for every site: "*"`)
	case strings.Contains(host, "*"):
		return "", errors.New(`a star can stand for what is in front of a name, such as https://*.example.org, and for the port, such as http://localhost:*, but not for a part of either`)
	case err != nil:
		return "", err
	}
	scheme, host, port := parts(origin)
	if below && (strings.HasPrefix(host, "[") || !strings.Contains(host, ".") && host != "localhost") {
		return "", fmt.Errorf("the star would stand for all sites below %q; name one more label, such as https://*.example.org", host)
	}
	if ip, err := netip.ParseAddr(host); err == nil && below {
		return "", fmt.Errorf("nothing is below the address %s", ip)
	}
	if suffix, _ := publicsuffix.PublicSuffix(host); below && suffix == host && strings.Contains(host, ".") {
		return "", fmt.Errorf("the star would stand for all sites below %q, which belong to many different owners; name one more label, such as https://*.example.%s", host, host)
	}
	if below {
		host = "*." + host
	}
	switch {
	case anyPort && port != "":
		return "", errors.New("a port is a number or a star")
	case anyPort:
		port = "*"
	}
	if port != "" {
		host += ":" + port
	}
	return scheme + "://" + host, nil
}

var (
	hostName = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$`)
	// appScheme is a scheme of the pages of an app, or of a browser's extension.
	appScheme = regexp.MustCompile(`^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)*$`)
)

// maxOrigin is how many bytes an origin may have: a name in DNS has 253 at most. What the
// log says about one is short, then.
const maxOrigin = 320

// noPages are schemes without pages that could open a chat, and what is meant by them.
var noPages = map[string]string{"ws": "http", "wss": "https", "ftp": "https", "javascript": "", "data": "", "blob": "", "about": "", "file": ""}

const howOrigins = `an origin is written as "https://shop.example" or "https://shop.example:8443"`

// normalOrigin returns "scheme://host[:port]" in lower case, without the scheme's
// own port.
func normalOrigin(s string) (string, error) {
	if len(s) > maxOrigin {
		return "", fmt.Errorf("an origin has at most %d characters", maxOrigin)
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "", errors.New(howOrigins)
	}
	if meant, none := noPages[u.Scheme]; none || !appScheme.MatchString(u.Scheme) {
		if meant == "" {
			meant = "https"
		}
		return "", fmt.Errorf("an origin begins with https:// or http://, not %q; write %s://%s", u.Scheme, meant, u.Host)
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
		return "", fmt.Errorf("%q is written as browsers send it, in letters of ASCII (xn--…): copy it from a browser's address bar", host)
	case !hostName.MatchString(host):
		return "", fmt.Errorf("%q is no host name", host)
	}
	return host, nil
}

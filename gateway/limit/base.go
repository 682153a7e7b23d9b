package limit

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// basePath is a path of plain segments: what needs no escape in a page, a cookie, a header
// or the configuration of a proxy.
var basePath = regexp.MustCompile(`^(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$`)

// ownPaths are the first segments of our own paths. Below one of them it could not be said
// whether a proxy has taken the base path away.
var ownPaths = []string{"agent", "api", "embed", "healthz", "metrics", "ops", "readyz", "static", "widget.js", "ws"}

// maxBase is how long a base path may be.
const maxBase = 200

// ParseBase reads BASE_PATH: a path such as /chat, below which everything is served. It
// begins with a slash and does not end with one when it is returned; empty stands for the
// root. The error is a sentence.
func ParseBase(s string) (string, error) {
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	switch {
	case s == "":
		return "", nil
	case strings.Contains(s, "://"):
		return "", fmt.Errorf("%q is an address; write its path alone, such as /chat", s)
	case s[0] != '/':
		s = "/" + s
	}
	if len(s) > maxBase || !basePath.MatchString(s) {
		return "", errors.New("a path is written as /chat or /help/chat, in letters, digits and . _ -, without a dot in front")
	}
	if first, _, _ := strings.Cut(s[1:], "/"); slices.Contains(ownPaths, first) {
		return "", fmt.Errorf("/%s is a path of Parley's own; choose another one, such as /chat", first)
	}
	return s, nil
}

// Base returns the path below which everything is served, such as /chat; empty at the root.
func (s *Site) Base() string {
	if s == nil {
		return ""
	}
	return s.base
}

// Below serves next below the base path, so that next knows nothing of it: the path of
// /chat/ws is /ws there. The base path alone leads to the page at its root. A request
// without the base path is served as it is, since a proxy may have taken the base away;
// the pages name their files with it in any case.
func (s *Site) Below(next http.Handler) http.Handler {
	base := s.Base()
	if base == "" {
		return next
	}
	stripped := http.StripPrefix(base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == base:
			to := base + "/"
			if r.URL.RawQuery != "" {
				to += "?" + r.URL.RawQuery
			}
			http.Redirect(w, r, to, http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, base+"/"):
			stripped.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

package limit

import (
	"net/http"
	"net/netip"
)

// crossOrigin refuses requests that pages of other sites make with the browser's cookie.
var crossOrigin http.CrossOriginProtection

// FromElsewhere reports whether a browser says that another site's page makes the
// request. Browsers that don't send Sec-Fetch-Site (old ones, and all of them over
// plain HTTP) are judged by Origin, which names no default port where the Host that a
// proxy passes on may.
func (s *Site) FromElsewhere(r *http.Request, trusted []netip.Prefix) bool {
	if s.Forged(r) {
		return true
	}
	if crossOrigin.Check(r) == nil {
		return false
	}
	return r.Header.Get("Sec-Fetch-Site") != "" || !s.OriginAllowed(r, nil, trusted)
}

package api

import (
	"fmt"
	"net/http"
)

// framed says whether the page that asks may show the chat in a frame (ALLOWED_ORIGINS).
// The widget asks before it shows anything on a site for the first time, and when its frame
// does not answer: a site that may not gets no launcher, its console names the cause, and
// so does our log. It says as well how the launcher looks (see faceScript), which saves a
// request. It is a module, since scripts from here are all that a site's
// Content-Security-Policy is sure to allow, and modules are requested with an Origin.
func (a *api) framed(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	framed := a.Framed(r)
	if !framed {
		a.Blocked(r, a.Site.WhyBlocked(r, a.Allowed, a.Trusted))
	}
	face := a.face()
	if face == nil {
		face = []byte("{}")
	}
	_, err := fmt.Fprintf(w, "export const framed = %t;\nexport const face = %s;\n", framed, face)
	return err
}

package api

import (
	"fmt"
	"net/http"
)

// framed says whether the page that asks may show the chat in a frame (ALLOWED_ORIGINS).
// The widget asks when its frame does not answer, to name the cause in the console of
// whoever builds the site. It is a module, since scripts from here are all that a site's
// Content-Security-Policy is sure to allow, and modules are requested with an Origin.
func (a *api) framed(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	_, err := fmt.Fprintf(w, "export const framed = %t;\n", a.Framed(r))
	return err
}

package pages

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// kind is a kind of file by the headers that it needs.
type kind int

const (
	staticPage kind = iota
	visitorPage
	agentPage
	embedPage // as agentPage, and shows the visitor's page in a frame
	widgetScript
)

func headers(k kind, f *file) http.Header {
	h := http.Header{}
	h.Set("Content-Type", f.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	// Not no-referrer: some browsers then send "Origin: null" with our own POSTs.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	// Pages of other sites load the widget's script and may show our images.
	if k == widgetScript || k == visitorPage || strings.HasPrefix(f.mime, "image/") {
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	} else {
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	if k == widgetScript {
		// As a module, or with the attributes crossorigin and integrity.
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if k == visitorPage {
		// A site that isolates itself shows only frames that do so too. The page loads
		// nothing from elsewhere anyway.
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
	}
	if k == agentPage || k == embedPage {
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	if k == agentPage || k == embedPage || k == staticPage {
		h.Set("X-Frame-Options", "DENY") // for browsers without frame-ancestors
	}
	return h
}

const (
	framedByNobody = "'none'"
	// hostMark stands in a policy for the request's host.
	hostMark = "{host}"
)

// framedBy lists the origins whose pages may embed a page: our own and the given ones. A
// star is every site of the web, and no app's page. Pages without an origin ("null") can't
// be named at all.
func framedBy(origins []string) string {
	list := []string{"'self'"}
	if slices.Contains(origins, "*") {
		list = []string{"*"}
	}
	for _, origin := range origins {
		web := strings.HasPrefix(origin, "https://") || strings.HasPrefix(origin, "http://")
		if origin != "*" && origin != "null" && !(web && list[0] == "*") {
			list = append(list, origin)
		}
	}
	return strings.Join(list, " ")
}

// policy allows our own files only. Not every browser counts a WebSocket to the same
// host as 'self', so it is named too. A blob is a file that somebody has just chosen.
func policy(framed string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'" + hostMark +
		"; base-uri 'none'; form-action 'self'; frame-ancestors " + framed
}

// policyOf is the policy of a page of a kind: those that try the widget or preview the chat
// show our own frame.
func policyOf(k kind, framed string) string {
	if k == embedPage {
		return strings.Replace(policy(framed), "; base-uri", "; frame-src 'self'; base-uri", 1)
	}
	return policy(framed)
}

// plainHost is a Host that can't end a directive of the policy.
var plainHost = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

func withHosts(policy string, hosts []string) string {
	sources := ""
	for _, host := range hosts {
		if plainHost.MatchString(host) {
			sources += " ws://" + host + " wss://" + host
		}
	}
	return strings.Replace(policy, hostMark, sources, 1)
}

package limit

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Finding is one thing about a site that is to show the chat: a sentence for its admin, and
// whether it is good, bad (the chat would not come) or a hint.
type Finding struct {
	Level string `json:"level"`
	Text  string `json:"text"`
	// Line is what to copy, if there is something.
	Line string `json:"line,omitempty"`
}

// The levels of findings.
const (
	Good = "good"
	Bad  = "bad"
	Hint = "hint"
)

// maxSite is how long a site's address may be, in bytes.
const maxSite = 2000

// Embedding returns a site's origin, and what a page of it needs to show the chat that is
// at ours (an address without a slash at its end), with ALLOWED_ORIGINS as it is. The
// address may be any page's, as people copy it. If it is none, problem is a sentence that
// says so. It asks nobody: what only the site itself knows is said as a hint.
func Embedding(address, ours string, allowed []string) (origin string, findings []Finding, problem string) {
	origin, problem = siteOf(address)
	own, err := url.Parse(ours)
	if err != nil {
		problem = "Parley's own address can't be read. Set PUBLIC_URL."
	}
	if problem != "" {
		return "", nil, problem
	}
	ownOrigin := own.Scheme + "://" + own.Host
	scheme, host, _ := parts(origin)
	covered := func(origin string) bool {
		return slices.Contains(allowed, AnyOrigin) || slices.ContainsFunc(allowed, func(entry string) bool { return covers(entry, origin) })
	}
	add := func(level, text, line string) { findings = append(findings, Finding{level, text, line}) }

	switch {
	case origin == ownOrigin:
		add(Good, "This is Parley's own address: its pages may show the chat.", "")
	case slices.Contains(allowed, AnyOrigin):
		add(Good, "ALLOWED_ORIGINS is *, so every site may show the chat.", "")
	case covered(origin):
		add(Good, "ALLOWED_ORIGINS lets this site show the chat.", "")
	default:
		text := "ALLOWED_ORIGINS doesn't have this site. Set it as below and restart Parley."
		if slices.ContainsFunc(allowed, func(entry string) bool { return nearly(entry, origin) }) {
			text = "ALLOWED_ORIGINS has this site with another scheme or port, or without the name in front. Set it as below and restart Parley."
		}
		add(Bad, text, "ALLOWED_ORIGINS="+strings.Join(append(slices.Clone(allowed), origin), ","))
	}

	here := loopback(plainHostname(own.Host))
	switch {
	case here && !loopback(plainHostname(host)):
		add(Bad, fmt.Sprintf("Parley is at %s, which only this computer can reach. Give it an address that your visitors can reach, and set PUBLIC_URL to that.", ours), "")
	case scheme == "https" && own.Scheme == "http" && !here:
		add(Bad, "The site uses https and Parley doesn't, so browsers refuse the chat. Serve Parley by https too, and set PUBLIC_URL to that address.", "")
	case own.Scheme == "http" && !here:
		add(Hint, "Neither the site nor Parley uses https: others on the way can read along. Serve both by https before you go live.", "")
	case scheme == "http" && !loopback(plainHostname(host)):
		add(Hint, "The site doesn't use https. The chat works there, but others on the way could change the page around it.", "")
	default:
		add(Good, "The site and Parley go together: https where it's needed.", "")
	}

	if other := sibling(origin); other != "" && origin != ownOrigin && !covered(other) {
		add(Hint, "To browsers, "+other+" is another site. If people use it too, add it to ALLOWED_ORIGINS as well.", other)
	}
	if origin != ownOrigin {
		source := ours
		if own.Path != "" {
			source += "/" // a policy's path stands for what is below it only with a slash
		}
		add(Hint, "If the site has a Content-Security-Policy, it needs these two. Parley can't see whether it has one.", "script-src "+source+"; frame-src "+source)
	}
	return origin, findings, ""
}

// siteOf reads the address of a page, with or without https:// in front.
func siteOf(address string) (origin, problem string) {
	const how = "That isn't the address of a site. Write it as https://shop.example.org."
	address = strings.TrimSpace(address)
	switch {
	case address == "" || len(address) > maxSite:
		return "", how
	case strings.HasPrefix(strings.ToLower(address), "file:"):
		return "", "That's a file, and a file has no address that could be allowed. Open it through a web server, such as http://localhost:3000."
	case !strings.Contains(address, "://"):
		address = "https://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return "", how
	}
	origin, err = normalOrigin(strings.ToLower(u.Scheme) + "://" + u.Host)
	if err != nil || strings.Contains(origin, "*") {
		return "", how
	}
	return origin, ""
}

// sibling is the same site with or without www in front; empty where that is not usual.
func sibling(origin string) string {
	scheme, rest, _ := strings.Cut(origin, "://")
	if bare, ok := strings.CutPrefix(rest, "www."); ok {
		return scheme + "://" + bare
	}
	_, host, _ := parts(origin)
	if registered, err := publicsuffix.EffectiveTLDPlusOne(host); err != nil || registered != host {
		return ""
	}
	return scheme + "://www." + rest
}

// Package pages serves what the browser runs: the visitor's page, the console,
// the operator page, the widget's script and the files that they load, all from memory.
package pages

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
)

// Options say which files are which pages, and who may embed the visitor's page.
type Options struct {
	// Visitor, Agent, Ops and Widget are paths of files; by default index.html,
	// agent.html, ops.html and widget.js.
	Visitor, Agent, Ops, Widget string
	// FrameAncestors are the origins (as limit.ParseOrigins returns them) whose
	// pages may show the visitor's page in a frame, besides our own.
	FrameAncestors []string
	// Base is the path below which browsers find all of this, such as /chat; empty at
	// the root. The paths of the requests don't have it.
	Base string
	// Hosts returns the names by which a request's browser may know us; the request's
	// Host if it is nil.
	Hosts func(*http.Request) []string
	// Face is the face (see web/shared/face.js) that the pages have at first, as JSON; see
	// Pages.Wear.
	Face []byte
}

// Pages serves /, /agent, /ops, /embed, /widget.js and /static/…, and answers every other path
// with 404 and one sentence. A page is one answer: what it needs to start is in it, and a
// browser asks with its ETag whether it is still the same. It is safe for concurrent use, and
// blocks for no longer than it takes to make and compress a file that nobody asked for before.
type Pages struct {
	routes  map[string]*route
	bare    []barePage                        // the pages without a face
	dressed atomic.Pointer[map[string]*route] // the same with it
	version string                            // of all files together
	base    string                            // see Options
	hosts   func(*http.Request) []string
}

// route is what is served at one path.
type route struct {
	file   *file
	header http.Header
	// policy is the Content-Security-Policy, with hostMark in place of the request's
	// own host.
	policy string
}

// barePage is a page before its face is written into it.
type barePage struct {
	at string
	*route
}

// Wear writes a face, as JSON, into the pages. Requests that come after it get it.
func (p *Pages) Wear(face []byte) {
	dressed := make(map[string]*route, len(p.bare))
	for _, page := range p.bare {
		dressed[page.at] = &route{file: faced(page.file, face), header: page.header, policy: page.policy}
	}
	p.dressed.Store(&dressed)
}

// New lists all files, and reads each when a browser asks for it. The error names a page that
// is missing.
func New(files fs.FS, opts Options) (*Pages, error) {
	p := &Pages{routes: map[string]*route{}, base: opts.Base, hosts: opts.Hosts}
	if p.hosts == nil {
		p.hosts = func(r *http.Request) []string { return []string{r.Host} }
	}
	read := map[string]*file{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != "." && private(d.Name()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		f := lateFile(files, name)
		read[name] = f
		p.routes[static+name] = &route{file: f, header: headers(staticPage, f), policy: policy(framedByNobody)}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the web files: %w", err)
	}
	if p.version, err = versionOf(files, read); err != nil {
		return nil, fmt.Errorf("read the web files: %w", err)
	}
	for _, page := range []struct {
		at, name, usual string
		kind            kind
		framed          string
	}{
		{"/", opts.Visitor, "index.html", visitorPage, framedBy(opts.FrameAncestors)},
		{"/agent", opts.Agent, "agent.html", agentPage, framedByNobody},
		{"/agent/settings", "", "settings.html", embedPage, framedByNobody},
		{"/ops", opts.Ops, "ops.html", agentPage, framedByNobody},
		{"/embed", "", "embed.html", embedPage, framedByNobody},
		{"/widget.js", opts.Widget, "widget.js", widgetScript, framedByNobody},
	} {
		name := page.name
		if name == "" {
			name = page.usual
		}
		f, ok := read[path.Clean(name)]
		if !ok {
			return nil, fmt.Errorf("read the web files: there is no %s, which %s shows", name, page.at)
		}
		if page.kind == widgetScript {
			p.routes[page.at] = &route{file: f, header: headers(page.kind, f), policy: policy(page.framed)}
			continue
		}
		f = whole(f, read, p.base, p.version)
		p.bare = append(p.bare, barePage{page.at, &route{file: f, header: headers(page.kind, f), policy: policyOf(page.kind, page.framed)}})
	}
	p.Wear(opts.Face)
	return p, nil
}

// private reports whether a file is never served, even if embedded by mistake.
func private(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".go") || name == "node_modules"
}

// ServeHTTP answers GET and HEAD.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/agent/" || r.URL.Path == "/ops/" || r.URL.Path == "/embed/" {
		http.Redirect(w, r, p.base+strings.TrimSuffix(r.URL.Path, "/"), http.StatusPermanentRedirect)
		return
	}
	found, cache, ok := p.find(r.URL.Path)
	if !ok {
		p.sentence(w, r, http.StatusNotFound, "not_found", "There is nothing at this address.")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.sentence(w, r, http.StatusMethodNotAllowed, "method_not_allowed", "This page can only be read.")
		return
	}
	content, err := found.file.content()
	if err != nil { // a test makes every bundle, so this is a fault of the program's build
		p.sentence(w, r, http.StatusInternalServerError, "internal", "This file could not be made.")
		return
	}
	h := w.Header()
	for name, values := range found.header {
		h[name] = values
	}
	h.Set("Cache-Control", cache)
	h.Set("Content-Security-Policy", withHosts(content.in(found.policy), p.hosts(r)))
	content.serve(w, r)
}

// sentence answers with a sentence: as JSON below /api, otherwise as a small page. It holds
// nothing of the request, so there is nothing to escape.
func (p *Pages) sentence(w http.ResponseWriter, r *http.Request, status int, code, text string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	body := "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>" + text +
		"</title><p>" + text + " <a href=\"" + p.base + "/\">Go to the chat</a></p></html>\n"
	h.Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/") {
		body = `{"code":"` + code + `","message":"` + text + "\"}\n"
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(body)) // on an error the client is gone
	}
}

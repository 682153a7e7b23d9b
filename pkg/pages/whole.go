package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What a page names is written into it, so that a page is one answer of one version:
// nothing that it needs to start can come from a replica of another one, or not come at all.
// See docs/decisions/0053-a-page-is-one-answer.md.
var (
	namedScript = regexp.MustCompile(`<script( type="module")? src="` + static + `([^"]+)"></script>\n?`)
	namedStyle  = regexp.MustCompile(`<link rel="stylesheet" href="` + static + `([^"]+)">`)
	namedIcon   = regexp.MustCompile(`<link rel="icon" href="` + static + `([^"]+)"`)
	// named is each of them, and whatever else a page names here.
	named = regexp.MustCompile(namedScript.String() + "|" + namedStyle.String() + "|" + namedIcon.String() + `|="` + static + `|="/api/|` + baseMark)
	// mapComment names the map of a bundle for a browser's debugger.
	mapComment = regexp.MustCompile(`(/[/*]# sourceMappingURL=)([^\s*]+)`)
)

// baseMark is where a page holds the path below which it is served, which is empty in the
// files.
const baseMark = `<meta name="base" content="`

// inlined are the sources of a policy that allow what is written into a page, and nothing
// else: a hash of each.
type inlined struct{ scripts, styles string }

// in adds them to a policy.
func (i inlined) in(policy string) string {
	policy = strings.Replace(policy, "script-src 'self'", "script-src 'self'"+i.scripts, 1)
	return strings.Replace(policy, "style-src 'self'", "style-src 'self'"+i.styles, 1)
}

// whole is a page with all that it names written into it, and the base path. It is made when
// it is needed first, which takes as long as its bundles do.
func whole(page *file, read map[string]*file, base, version string) *file {
	return late(page, func(c *content) (*content, error) {
		w := writer{read: read, base: base, below: base + static + version + "/"}
		// In one pass, which leaves alone what it wrote.
		body := named.ReplaceAllFunc(c.body, w.replace)
		if w.failed != nil {
			return nil, w.failed
		}
		// A module runs when the page was read, so its bytes may come last: what the page
		// shows until then is painted before they have arrived.
		if at := bytes.LastIndex(body, []byte("</body>")); at >= 0 {
			body = slices.Concat(body[:at], w.modules, body[at:])
		} else {
			body = append(body, w.modules...)
		}
		made := makeContent(page.mime, body)
		made.inlined = w.inlined
		return made, nil
	})
}

// writer writes files into a page.
type writer struct {
	read        map[string]*file
	base, below string // the base path, and what is below the version
	modules     []byte // those of the page, as elements
	failed      error  // the first
	inlined
}

// replace returns what stands in place of something that a page names.
func (w *writer) replace(match []byte) []byte {
	switch text := string(match); {
	case text == baseMark:
		return []byte(baseMark + w.base)
	case text == `="/api/`:
		return []byte(`="` + w.base + "/api/")
	case text == `="`+static:
		return []byte(`="` + w.below)
	}
	if m := namedScript.FindSubmatch(match); m != nil {
		script := w.script(string(m[2]), string(m[1]))
		if len(m[1]) == 0 {
			return script
		}
		w.modules = append(w.modules, script...)
		return nil
	}
	if m := namedStyle.FindSubmatch(match); m != nil {
		return w.style(string(m[1]))
	}
	return w.icon(string(namedIcon.FindSubmatch(match)[1]))
}

func (w *writer) text(name string) []byte {
	f, ok := w.read[name]
	if !ok {
		w.fail(fmt.Errorf("write the web files into the pages: there is no %s, which a page names", name))
		return nil
	}
	c, err := f.content()
	if err != nil {
		w.fail(err)
		return nil
	}
	return mapComment.ReplaceAll(c.body, []byte("${1}"+w.below+name[:strings.LastIndex(name, "/")+1]+"${2}"))
}

func (w *writer) fail(err error) {
	if w.failed == nil {
		w.failed = err
	}
}

// script is a script as an element. The bundler writes "</script" so that it ends no element.
// "<!--" must not stand in one either: a parser may then want two ends. It is a part of a
// string or of a regular expression, where the escape says the same.
func (w *writer) script(name, attributes string) []byte {
	text := bytes.ReplaceAll(w.text(name), []byte("<!--"), []byte(`\x3c!--`))
	w.scripts += hashSource(text)
	return []byte("<script" + attributes + ">" + string(text) + "</script>\n")
}

func (w *writer) style(name string) []byte {
	text := w.text(name)
	w.styles += hashSource(text)
	return []byte("<style>" + string(text) + "</style>")
}

func (w *writer) icon(name string) []byte {
	text := w.text(name)
	if w.failed != nil {
		return nil
	}
	return []byte(`<link rel="icon" href="data:` + w.read[name].mime + ";base64," + base64.StdEncoding.EncodeToString(text) + `"`)
}

// hashSource is a source of a policy that allows this text alone.
func hashSource(text []byte) string {
	sum := sha256.Sum256(text)
	return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

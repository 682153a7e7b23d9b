package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// What a page names is written into it, so that a page is one answer of one version:
// nothing that it needs to start can come from a replica of another one, or not come at all.
// See docs/decisions/0053-a-page-is-one-answer.md.
var (
	namedScript = regexp.MustCompile(`<script( type="module")? src="` + static + `([^"]+)"></script>\n?`)
	namedStyle  = regexp.MustCompile(`<link rel="stylesheet" href="` + static + `([^"]+)">`)
	namedIcon   = regexp.MustCompile(`(<link rel="icon" href=")` + static + `([^"]+)(")`)
	mapComment  = regexp.MustCompile(`(\n?/[/*]# sourceMappingURL=)([^\s*]+)`)
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
		w := writer{read: read, maps: base + static + version + "/"}
		body := bytes.Replace(c.body, []byte(baseMark), []byte(baseMark+base), 1)
		body = bytes.ReplaceAll(body, []byte(`="/api/`), []byte(`="`+base+"/api/"))
		body = replace(namedIcon, body, func(m [][]byte) []byte { return w.icon(m) })
		body = replace(namedStyle, body, func(m [][]byte) []byte { return w.style(string(m[1])) })
		var modules []byte
		body = replace(namedScript, body, func(m [][]byte) []byte {
			script := w.script(string(m[2]), string(m[1]))
			if len(m[1]) > 0 {
				// A module runs when the page was read, so its bytes may come last: what
				// the page shows until then is painted before they have arrived.
				modules = append(modules, script...)
				return nil
			}
			return script
		})
		if w.failed != nil {
			return nil, w.failed
		}
		if at := bytes.LastIndex(body, []byte("</body>")); at >= 0 {
			body = bytes.Join([][]byte{body[:at], body[at:]}, modules)
		} else {
			body = append(body, modules...)
		}
		made := makeContent(page.mime, body)
		made.inlined = w.inlined
		return made, nil
	})
}

// writer writes files into a page.
type writer struct {
	read   map[string]*file
	maps   string // where the maps for debuggers are
	failed error  // the first
	inlined
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
	at := w.maps + name[:strings.LastIndex(name, "/")+1]
	return mapComment.ReplaceAll(c.body, []byte("${1}"+at+"${2}"))
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

func (w *writer) icon(m [][]byte) []byte {
	f := w.read[string(m[2])]
	text := w.text(string(m[2]))
	if f == nil {
		return nil
	}
	return []byte(string(m[1]) + "data:" + f.mime + ";base64," + base64.StdEncoding.EncodeToString(text) + string(m[3]))
}

// hashSource is a source of a policy that allows this text alone.
func hashSource(text []byte) string {
	sum := sha256.Sum256(text)
	return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// replace replaces each match by what a function makes of it and its groups.
func replace(what *regexp.Regexp, in []byte, with func(groups [][]byte) []byte) []byte {
	return what.ReplaceAllFunc(in, func(match []byte) []byte { return with(what.FindSubmatch(match)) })
}

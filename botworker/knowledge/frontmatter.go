package knowledge

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// meta is what a page's front matter says that matters here.
type meta struct {
	title string
	// team is what it calls the team whose matter the page is; empty: it names none.
	team string
	// where is what it says of the page's address: url, permalink and slug, see linkOf.
	where [3]string
	// hidden says in a few words why the site does not show the page; empty if it does.
	hidden string
	// changes is when hidden will be another, by a date of the page; zero if it stays.
	changes time.Time
	// fault says in a sentence why the front matter can't be read; empty if it can.
	fault string
}

// frontMatter splits a page into what its front matter says and the rest. It knows YAML
// between "---" (or up to "..."), TOML between "+++", and JSON between ";;;" or as a
// leading object. Text that only looks like front matter stays in the page.
func frontMatter(text string, now time.Time) (m meta, rest string) {
	if below, ok := belowComment(text); ok {
		if m, rest := frontMatter(below, now); m.title != "" || m.hidden != "" {
			return m, rest
		}
	}
	head, rest, format := cutFrontMatter(text)
	if format == "" {
		return meta{}, text
	}
	fields := map[string]any{}
	var err error
	switch format {
	case "YAML":
		var document any
		if err = yaml.Unmarshal([]byte(head), &document); err == nil {
			switch v := document.(type) {
			case map[string]any:
				fields = v
			case nil: // empty, or comments only
			default:
				return meta{}, text // a text between two rules
			}
		}
	case "TOML":
		err = toml.Unmarshal([]byte(head), &fields)
	case "JSON":
		err = json.Unmarshal([]byte(head), &fields)
	}
	if err != nil {
		m.fault = fmt.Sprintf("its front matter can't be read: expected valid %s: %s", format, firstLine(err.Error()))
		fields = salvage(head)
	}
	m.title, m.team, m.where = lineOf(fields, "title"), lineOf(fields, "team"), whereOf(fields)
	m.hidden, m.changes = hiddenBy(fields, now)
	return m, rest
}

// belowComment returns what follows a comment at the top, such as a license's.
func belowComment(text string) (below string, ok bool) {
	text = strings.TrimLeft(text, " \n")
	if !strings.HasPrefix(text, "<!--") {
		return "", false
	}
	_, below, ok = strings.Cut(text, "-->")
	return strings.TrimLeft(below, " \n"), ok && strings.HasPrefix(strings.TrimLeft(below, " \n"), "---")
}

// cutFrontMatter returns the front matter without its marks, what follows it, and its
// format, which is empty if there is none.
func cutFrontMatter(text string) (head, rest, format string) {
	first, after, _ := strings.Cut(text, "\n")
	switch mark := strings.TrimRight(first, " \t"); {
	case mark == "---":
		head, rest, ok := cutAt(after, "---", "...")
		if ok {
			return head, rest, "YAML"
		}
	case mark == "+++":
		if head, rest, ok := cutAt(after, "+++"); ok {
			return head, rest, "TOML"
		}
	case mark == ";;;":
		if head, rest, ok := cutAt(after, ";;;"); ok {
			return "{" + strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(head), "{"), "}") + "}", rest, "JSON"
		}
	case strings.HasPrefix(mark, "{"):
		d := json.NewDecoder(strings.NewReader(text))
		var object map[string]any
		if d.Decode(&object) == nil {
			return text[:d.InputOffset()], text[d.InputOffset():], "JSON"
		}
	}
	return "", text, ""
}

// cutAt cuts the text at the first line that is one of the marks.
func cutAt(text string, marks ...string) (before, after string, found bool) {
	at := 0
	for line := range strings.Lines(text) {
		for _, m := range marks {
			if strings.TrimRight(line, " \t\n") == m {
				return text[:at], text[at+len(line):], true
			}
		}
		at += len(line)
	}
	return text, "", false
}

// salvage reads the fields that stand on a line of their own, for front matter that is
// not valid as a whole. The usual cause is a title with a colon in it.
func salvage(head string) map[string]any {
	fields := map[string]any{}
	for line := range strings.Lines(head) {
		key, value, ok := strings.Cut(line, ":")
		if eq, v, toml := strings.Cut(line, "="); toml && (!ok || len(eq) < len(key)) {
			key, value, ok = eq, v, true
		}
		key = strings.ToLower(strings.Trim(strings.TrimSpace(key), `"'`))
		if !ok || key == "" || strings.ContainsAny(line[:1], " \t#-") {
			continue
		}
		value = strings.TrimRight(strings.TrimSpace(value), ",")
		var v any
		if yaml.Unmarshal([]byte(value), &v) != nil {
			v = strings.Trim(value, `"'`)
		}
		if _, is := v.(map[string]any); is {
			v = value
		}
		fields[key] = v
	}
	return fields
}

// lineOf is a field's text on one line, as readers see it; empty if the site's builder fills it in.
func lineOf(fields map[string]any, name string) string {
	text := strings.Join(strings.Fields(visibleText(fieldText(fields, name))), " ")
	if strings.Contains(text, "{{") || strings.Contains(text, "{%") {
		return ""
	}
	return text
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

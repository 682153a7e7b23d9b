package knowledge

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// linkOf returns where a site shows a page: an address of its own, or what follows the
// site's address. The page's front matter says so (url, permalink, slug); otherwise it
// follows from the file's name, as the usual builders of sites have it.
func linkOf(name string, where [3]string) string {
	for i, said := range where {
		switch {
		case said == "" || strings.ContainsAny(said, "{}<>:\\ ") && !isWeb(said):
			continue // nothing, or a pattern such as /:year/:title/
		case isWeb(said):
			return said
		case whereKeys[i] == "slug" && !strings.HasPrefix(said, "/"):
			said = path.Join(path.Dir(name), said)
		}
		return escaped(said)
	}
	ext := path.Ext(name)
	base := strings.TrimSuffix(path.Base(name), ext)
	switch strings.ToLower(ext) {
	case ".md", ".mdx", ".markdown":
		switch strings.ToLower(base) {
		case "index", "_index", "readme":
			base = ""
		}
	default:
		base += ext
	}
	return escaped(strings.TrimPrefix(path.Dir(name), ".") + "/" + base)
}

func escaped(p string) string {
	return (&url.URL{Path: strings.TrimLeft(p, "/")}).EscapedPath()
}

func isWeb(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// whereKeys are the fields of the front matter that say where a page is; the first counts.
var whereKeys = [3]string{"url", "permalink", "slug"}

func whereOf(fields map[string]any) (where [3]string) {
	for i, key := range whereKeys {
		where[i] = strings.TrimSpace(fieldText(fields, key))
	}
	return where
}

// fieldText is a text or number in the front matter.
func fieldText(fields map[string]any, name string) string {
	for key, value := range fields {
		if !strings.EqualFold(key, name) {
			continue
		}
		switch v := value.(type) {
		case map[string]any, []any, nil, bool:
		default:
			return fmt.Sprint(v)
		}
	}
	return ""
}

// Address returns where readers find the passage's page, if the site's address is base: an
// http or https address, or "" if nobody can know.
func (p Passage) Address(base string) string {
	switch {
	case isWeb(p.Link):
		return p.Link
	case base == "":
		return ""
	}
	return strings.TrimRight(base, "/") + "/" + p.Link
}

// ID names the passage by its page, its headings and its place below them, whatever it
// says: the same words name it after an edit, and in another replica.
func (p Passage) ID() string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.Path + "\x00" + p.Heading + "\x00" + strconv.Itoa(p.Part)))
	return "p" + strconv.FormatUint(h.Sum64(), 36)
}

// Named returns the passage of that ID, if there still is one. Only somebody who presses a
// choice asks for it, so it is looked for in all of them.
func (ix *Index) Named(id string) (Passage, bool) {
	for i := range ix.docs {
		if ix.docs[i].ID() == id {
			p := ix.docs[i].Passage
			p.Confidence = 1
			return p, true
		}
	}
	return Passage{}, false
}

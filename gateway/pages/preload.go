package pages

import (
	"path"
	"regexp"
	"strings"
)

// maxLinks bounds the header Link in bytes: proxies have limits of their own.
const maxLinks = 4 << 10

var (
	styleTag  = regexp.MustCompile(`<link\b[^>]*\brel="stylesheet"[^>]*>`)
	moduleTag = regexp.MustCompile(`<script\b[^>]*\btype="module"[^>]*>`)
	hrefOrSrc = regexp.MustCompile(`\b(?:href|src)="([^"]+)"`)
	// importOf finds static imports and re-exports; a specifier that is no path
	// (in a comment, say) is no file and is left out.
	importOf = regexp.MustCompile(`(?m)^\s*(?:import|export)\b[^'";]*?(?:from\s*)?['"]([^'"]+)['"]`)
)

// preloads returns the header Link of a page: its style sheets, then the modules
// that its script imports, directly and by way of others. Without a bundler the
// browser would learn of each only when it has read the one before; so it asks
// for all of them while it still reads the page.
func preloads(files map[string]*file, page *file) string {
	if !strings.HasPrefix(page.mime, "text/html") {
		return ""
	}
	var links []string
	size := 0
	add := func(name, rel string) {
		link := "</static/" + name + ">; " + rel
		if size += len(link) + 2; size <= maxLinks {
			links = append(links, link)
		}
	}
	for _, name := range tagged(files, page, styleTag) {
		add(name, "rel=preload; as=style")
	}
	seen := map[string]bool{}
	for next := tagged(files, page, moduleTag); len(next) > 0; next = next[1:] {
		if seen[next[0]] {
			continue
		}
		seen[next[0]] = true
		add(next[0], "rel=modulepreload")
		next = append(next, imports(files, next[0])...)
	}
	return strings.Join(links, ", ")
}

// tagged returns the files that the page's tags of one kind name.
func tagged(files map[string]*file, page *file, tag *regexp.Regexp) []string {
	var names []string
	for _, t := range tag.FindAllString(string(page.body), -1) {
		if m := hrefOrSrc.FindStringSubmatch(t); m != nil {
			if name, ok := strings.CutPrefix(m[1], "/static/"); ok && files[name] != nil {
				names = append(names, name)
			}
		}
	}
	return names
}

func imports(files map[string]*file, module string) []string {
	var names []string
	for _, m := range importOf.FindAllSubmatch(files[module].body, -1) {
		name, absolute := strings.CutPrefix(string(m[1]), "/static/")
		if !absolute {
			if !strings.HasPrefix(name, "./") && !strings.HasPrefix(name, "../") {
				continue
			}
			name = path.Join(path.Dir(module), name)
		}
		if files[name] != nil {
			names = append(names, name)
		}
	}
	return names
}

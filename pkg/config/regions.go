package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/pkg/chat"
)

// Remote is a region as REGIONS gives it.
type Remote struct {
	Name string
	// URL is of its NATS server, or of several with commas between; it may hold a password.
	URL string
}

// AllRegions returns what REGIONS lists, in its order, or the own region alone if it is empty.
func (c Config) AllRegions() []Remote {
	all, _ := parseRegions(c.Regions)
	if len(all) == 0 {
		return []Remote{{Name: c.Region}}
	}
	return all
}

// Copies returns the regions that COPY_OF lists.
func (c Config) Copies() (all []chat.Region) {
	for name := range strings.SplitSeq(c.CopyOf, ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, chat.Region(name))
		}
	}
	return all
}

// copies says what is wrong with the list of regions that are copied.
func copies(g given) string {
	if g.Regions == "" && !g.reachesOthers() { // whom it does not concern
		return ""
	}
	all := g.AllRegions()
	for _, name := range g.Copies() {
		switch {
		case string(name) == g.Region:
			return fmt.Sprintf("it names %s, which is this region: it lists others", name)
		case !slices.ContainsFunc(all, func(r Remote) bool { return r.Name == string(name) }):
			return fmt.Sprintf("it names %q, and REGIONS has no such region", name)
		}
	}
	return ""
}

// parseRegions reads NAME=URL with semicolons between. The sentence says what is wrong, and
// never repeats a URL.
func parseRegions(list string) (all []Remote, wrong string) {
	seen := map[string]bool{}
	for entry := range strings.SplitSeq(list, ";") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		name, url, _ := strings.Cut(entry, "=")
		name, url = strings.TrimSpace(name), strings.TrimSpace(url)
		switch _, err := chat.ParseRegion(name); {
		case err != nil && strings.Contains(name, ":"):
			return nil, "each region is its name, =, and the URL of its NATS server, with semicolons between: eu=nats://nats.eu.example:4222; ap=nats://nats.ap.example:4222"
		case err != nil:
			return nil, err.Error()
		case seen[name]:
			return nil, fmt.Sprintf("it names %s twice", name)
		}
		seen[name] = true
		all = append(all, Remote{name, url})
	}
	return all, ""
}

// regions says what is wrong with the list of regions.
func regions(g given) string {
	if g.Regions == "" {
		return ""
	}
	all, wrong := parseRegions(g.Regions)
	if wrong != "" {
		return wrong
	}
	if g.Region == "" {
		return "REGION has to say which of them this one is"
	}
	own := false
	for _, r := range all {
		if r.Name == g.Region {
			own = true
			continue // it is reached by NATS_URL
		}
		for u := range strings.SplitSeq(r.URL, ",") {
			if !validURL(u, "nats", "tls", "ws", "wss") {
				return fmt.Sprintf("it gives no URL of a NATS server for %s, such as nats://nats.%s.example:4222", r.Name, r.Name)
			}
		}
	}
	if !own {
		return fmt.Sprintf("it does not name %s, which is REGION; the list is the same in each region, and names all", g.Region)
	}
	return ""
}

package knowledge

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// hiddenBy returns why the site's builder leaves the page out at that time, or "", and
// when that changes by a date of the page; the zero time if it does not.
func hiddenBy(fields map[string]any, now time.Time) (reason string, changes time.Time) {
	values := map[string]any{}
	for key, value := range fields {
		values[strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))] = value
	}
	if reason := hiddenForGood(values); reason != "" {
		return reason, time.Time{}
	}
	published, expires := firstDate(values, publishKeys), firstDate(values, expiryKeys)
	switch {
	case published.After(now):
		return "is to be published later", published
	case !expires.IsZero() && !expires.After(now):
		return "has expired", time.Time{}
	}
	return "", expires
}

// The fields, lower-case and without dashes, that say when a page appears and vanishes, as
// Hugo, Jekyll, Grav, Craft and the usual themes of Astro name them. The first counts that has a date: Hugo
// and Jekyll build no page whose plain date is to come.
var (
	publishKeys = []string{"publishdate", "pubdate", "pubdatetime", "publishedat", "publishat", "published", "date"}
	expiryKeys  = []string{"expirydate", "unpublishdate", "unpublishat", "expires", "expiresat"}
)

func firstDate(values map[string]any, keys []string) time.Time {
	for _, key := range keys {
		if t := date(values[key]); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// hiddenForGood returns why no date will show the page, or "".
func hiddenForGood(values map[string]any) string {
	is := func(key string) bool {
		yes, _ := truth(values[key])
		return yes
	}
	isNot := func(key string) bool {
		_, no := truth(values[key])
		return no
	}
	switch {
	case is("draft"), strings.EqualFold(fmt.Sprint(values["status"]), "draft"):
		return "is a draft"
	case isNot("published"), isNot("visible"), isNot("publish"), neverRendered(values["build"]), is("headless"):
		return "is not published"
	}
	for _, key := range []string{"unlisted", "hidden", "private"} {
		if is(key) {
			return "is " + key
		}
	}
	return ""
}

// neverRendered reports whether Hugo's build options keep a page from being written.
func neverRendered(build any) bool {
	options, _ := build.(map[string]any)
	for key, value := range options {
		if _, no := truth(value); strings.EqualFold(key, "render") && (no || strings.EqualFold(fmt.Sprint(value), "never")) {
			return true
		}
	}
	return false
}

// datedPost is the name of a post in Jekyll, which is published on that day.
var datedPost = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}-`)

// hiddenByName is hiddenBy for what a file's path says: a post of Jekyll has its date in
// its name, and a draft lies in a folder of its own.
func hiddenByName(name string, now time.Time) (reason string, changes time.Time) {
	for _, folder := range strings.Split(path.Dir(name), "/") {
		switch folder {
		case "_drafts":
			return "is a draft", time.Time{}
		case "_posts":
			day := strings.TrimSuffix(datedPost.FindString(path.Base(name)), "-")
			if t, err := time.Parse("2006-1-2", day); err == nil && t.After(now) {
				return "is to be published later", t
			}
		}
	}
	return "", time.Time{}
}

// truth reports whether a value stands for yes, and whether it stands for no.
func truth(value any) (yes, no bool) {
	s := strings.ToLower(strings.TrimSpace(fmt.Sprint(value)))
	return s == "true" || s == "yes" || s == "on", s == "false" || s == "no" || s == "off"
}

// dateLayouts are the formats that builders read besides those of YAML and TOML. Without a zone
// a time is UTC, as builders take it.
var dateLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07:00",
	"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02 15:04 -0700", "2006-01-02 15:04", time.DateOnly, "2006/01/02 15:04:05", "2006/01/02",
	"January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006", time.RFC1123Z, time.RFC1123,
}

// date reads a date in any format that builders accept, or returns the zero time.
func date(value any) time.Time {
	switch v := value.(type) {
	case time.Time:
		return v
	case toml.LocalDate:
		return v.AsTime(time.UTC)
	case toml.LocalDateTime:
		return v.AsTime(time.UTC)
	case string:
		for _, layout := range dateLayouts {
			if t, err := time.Parse(layout, strings.TrimSpace(v)); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

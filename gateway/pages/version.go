package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
)

// static is where the files that pages load stand.
const static = "/static/"

const (
	// kept is for what never changes under its address: the browser doesn't ask again.
	kept = "public, max-age=31536000, immutable"
	// unkept is for what may be another one tomorrow: it is asked for each time. A
	// 304 is cheap, but not forty of them from a server that is far away.
	unkept = "no-cache"
)

// versioned is an address below a version: /static/<version>/<file>.
var versioned = regexp.MustCompile(`^` + static + `([0-9a-f]{16})/(.+)$`)

// versionOf names a set of files by what is in them. Modules name each other by
// relative paths, so all of them stand below one version together.
func versionOf(files map[string]*file) string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		one := sha256.Sum256(files[name].body)
		sum.Write([]byte(name + "\x00"))
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// stamped is a page that loads its files from below the version. Of the page itself
// the browser asks each time whether there is another.
func stamped(page *file, version string) (*file, error) {
	return makeFile(page.name, bytes.ReplaceAll(page.body, []byte(`="`+static), []byte(`="`+static+version+"/")))
}

// find returns what stands at a path, and what it says of keeping it. While
// gateways of two versions run, a page of one may ask the other for its files: it
// gets those that are there, and asks again next time.
func (p *Pages) find(path string) (found *route, cache string, ok bool) {
	cache = unkept
	if m := versioned.FindStringSubmatch(path); m != nil {
		path = static + m[2]
		if m[1] == p.version {
			cache = kept
		}
	}
	found, ok = p.routes[path]
	return found, cache, ok
}

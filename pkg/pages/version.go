package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"regexp"
	"slices"
)

// static is the path below which the files are that pages load.
const static = "/static/"

// Proxies must pass on what we send: a page that something was put into, or taken out of,
// does not fit its Content-Security-Policy and hashes.
const (
	// kept is for files that never change at their address: the browser doesn't ask
	// again.
	kept = "public, max-age=31536000, immutable, no-transform"
	// unkept is for files that may change: the browser asks each time. A 304 is cheap,
	// but forty of them from a distant server are not.
	unkept = "no-cache, no-transform"
)

// versioned is an address below a version: /static/<version>/<file>.
var versioned = regexp.MustCompile(`^` + static + `([0-9a-f]{16})/(.+)$`)

// versioner is implemented by files that know what version they are without being read.
type versioner interface{ Version() string }

// versionOf names a set of files by their content, as the files do themselves if they can.
// What names others by relative paths is below one version with them.
func versionOf(files fs.FS, read map[string]*file) (string, error) {
	if own, ok := files.(versioner); ok {
		return own.Version(), nil
	}
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(read)) {
		c, err := read[name].content()
		if err != nil {
			return "", err
		}
		one := sha256.Sum256(c.body)
		sum.Write([]byte(name + "\x00"))
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// find returns the route of a path and its Cache-Control. Below another version are the files
// of this one, uncached.
func (p *Pages) find(path string) (found *route, cache string, ok bool) {
	cache = unkept
	if m := versioned.FindStringSubmatch(path); m != nil {
		path = static + m[2]
		if m[1] == p.version {
			cache = kept
		}
	}
	if found, ok = (*p.dressed.Load())[path]; !ok {
		found, ok = p.routes[path]
	}
	return found, cache, ok
}

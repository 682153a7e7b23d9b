package config

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// maxFileSize bounds FILE_SIZE: a file is sent through NATS, where all wait for room.
const maxFileSize = 100e6

func fileSize(g given) string {
	if g.FileSize < 1000 || g.FileSize > maxFileSize {
		return fmt.Sprintf("%d bytes are not from 1KB to 100MB", g.FileSize)
	}
	return ""
}

// fileShare judges a share of an hour, a quarter of which may be used up at once.
func fileShare(share, size Size) string {
	if share > 0 && size <= maxFileSize && share/4 < size {
		return fmt.Sprintf("a quarter of it can be sent at once, so with FILE_SIZE=%d it has to be at least %d, or 0 for no limit", size, 4*size)
	}
	return ""
}

func fileKinds(g given) string {
	kinds, bad := parseKinds(g.FileKinds)
	switch {
	case bad != "":
		return fmt.Sprintf("%q is no media type such as image/png, image/* or application/pdf", bad)
	case len(kinds) == 0:
		return "it names no kind; FILES=false turns files off"
	}
	return ""
}

// Kinds are the media types of the files that can be sent. One that ends with a star stands for
// all that begin like it.
func (c Config) Kinds() []string {
	kinds, _ := parseKinds(c.FileKinds)
	return kinds
}

// parseKinds returns the media types in a list, or the first that is none.
func parseKinds(s string) (kinds []string, bad string) {
	for kind := range strings.SplitSeq(s, ",") {
		if kind = strings.ToLower(strings.TrimSpace(kind)); kind == "" {
			continue
		}
		if begin, rest, ok := strings.Cut(strings.TrimSuffix(kind, "*"), "/"); !ok || begin == "" || strings.ContainsFunc(begin+rest, isNoTypeRune) || rest == "" && !strings.HasSuffix(kind, "*") {
			return nil, kind
		}
		kinds = append(kinds, kind)
	}
	return kinds, ""
}

func isNoTypeRune(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("!#$&^_.+-", r)
}

// fileScan judges what scans files: clamd at an address or a socket, or a command.
func fileScan(s string) string {
	if command, ok := strings.CutPrefix(s, "exec:"); ok {
		if strings.TrimSpace(command) == "" {
			return "exec: needs a command behind it"
		}
		return ""
	}
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "clamd" || u.Host == "" && u.Path == "" || u.Host != "" && u.Path != "" && u.Path != "/" {
		return "it is neither clamd://HOST:PORT, clamd:///PATH of a socket, nor exec: and a command"
	}
	if u.Host == "" {
		return ""
	}
	if _, port, err := net.SplitHostPort(u.Host); err != nil || port == "" {
		return "clamd://HOST:PORT needs a port; that of clamd is 3310"
	}
	return ""
}

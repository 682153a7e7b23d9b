// Package web holds the files that browsers get: the visitor's page, the widget,
// the agents' console and the operator page. There is no build step: the program makes of
// the modules of this folder one script for each page, when a browser first asks for it.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"
)

//go:embed index.html agent.html ops.html embed.html settings.html widget.js
//go:embed widget/*.js shared/*.js shared/*.css visitor/*.js visitor/*.css agent/*.js agent/*.css ops/*.js ops/*.css embed/*.js embed/*.css settings/*.js settings/*.css files/*.js files/*.css icons/*.svg
//go:embed vendor/*/*.js vendor/*/LICENSE
var embedded embed.FS

// Files are the pages (index.html, agent.html, ops.html, embed.html), widget.js, and what they name:
// scripts and style sheets under the paths that their entries have in this folder, each
// with all that it imports, and beside it NAME.map for a browser's debugger. Pictures and
// licenses are served as they are; modules, tests, tools and types are not served. It is
// safe for concurrent use. What a browser asks for first takes up to a tenth of a second.
// (Directory entries report the sizes in this folder.)
var Files fs.FS = newSite(embedded)

// site serves bundles in place of modules.
type site struct {
	fs.FS
	version string
	// made has a function for each entry, which makes its bundle once, and for its map.
	made map[string]func() ([]byte, error)
}

// What a page loads, and how.
var (
	scripts = regexp.MustCompile(`<script( type="module")? src="/static/([^"]+)"`)
	styles  = regexp.MustCompile(`<link rel="stylesheet" href="/static/([^"]+)"`)
	// A page loads such a module when it needs it, so it is not written into the page. If it
	// has a style sheet, that has its name.
	laters = regexp.MustCompile(`<meta name="\w+" content="/static/([^"]+)\.js"`)
)

// newSite finds the entries: widget.js, and what the pages name.
func newSite(files fs.FS) *site {
	s := &site{FS: files, made: map[string]func() ([]byte, error){}}
	s.entry("widget.js", script)
	pages, _ := fs.Glob(files, "*.html") // the pattern is well formed
	for _, page := range pages {
		text, _ := fs.ReadFile(files, page) // from memory
		for _, found := range scripts.FindAllSubmatch(text, -1) {
			kind := oldest
			if len(found[1]) > 0 {
				kind = module
			}
			s.entry(string(found[2]), kind)
		}
		for _, found := range styles.FindAllSubmatch(text, -1) {
			s.entry(string(found[1]), styling)
		}
		for _, found := range laters.FindAllSubmatch(text, -1) {
			s.entry(string(found[1])+".js", part)
			if sheet := string(found[1]) + ".css"; exists(files, sheet) {
				s.entry(sheet, styling)
			}
		}
	}
	s.version = versionOf(files)
	return s
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

func (s *site) entry(name string, kind kindOf) {
	if s.made[name] != nil {
		return
	}
	make := sync.OnceValues(func() (*bundle, error) { return bundled(s.FS, name, kind) })
	s.made[name] = func() ([]byte, error) {
		b, err := make()
		if err != nil {
			return nil, err
		}
		return b.body, nil
	}
	s.made[name+".map"] = func() ([]byte, error) {
		b, err := make()
		if err != nil {
			return nil, err
		}
		return b.sourceMap, nil
	}
}

// Version names what is served by the content that it is made of: 16 hexadecimal digits.
func (s *site) Version() string { return s.version }

func versionOf(files fs.FS) string {
	sum := sha256.New()
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			body, _ := fs.ReadFile(files, name) // from memory
			one := sha256.Sum256(body)
			sum.Write([]byte(name + "\x00"))
			sum.Write(one[:])
		}
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// ReadFile returns the file as it is served.
func (s *site) ReadFile(name string) ([]byte, error) {
	if made := s.made[name]; made != nil {
		return made()
	}
	if !s.serves(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return fs.ReadFile(s.FS, name)
}

// serves reports whether a file is served: only as a part of another if it is a script or a
// style sheet that no page names.
func (s *site) serves(name string) bool {
	ext := path.Ext(name)
	return s.made[name] != nil || ext != ".js" && ext != ".css"
}

// ReadDir lists what is served.
func (s *site) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(s.FS, name)
	var served []fs.DirEntry
	for _, each := range all {
		full := path.Join(name, each.Name())
		if each.IsDir() || s.serves(full) {
			served = append(served, each)
		}
		if s.made[full] != nil {
			served = append(served, mapEntry{each})
		}
	}
	return served, err
}

// mapEntry is the entry of a map beside the file that it describes.
type mapEntry struct{ fs.DirEntry }

func (m mapEntry) Name() string { return m.DirEntry.Name() + ".map" }

// Open opens the file as it is served.
func (s *site) Open(name string) (fs.File, error) {
	body, err := s.ReadFile(name)
	if err != nil {
		if info, statErr := fs.Stat(s.FS, name); statErr == nil && info.IsDir() {
			return s.FS.Open(name)
		}
		return nil, err
	}
	info, err := fs.Stat(s.FS, strings.TrimSuffix(name, ".map"))
	return &servedFile{FileInfo: info, name: path.Base(name), Reader: bytes.NewReader(body)}, err
}

type servedFile struct {
	fs.FileInfo
	*bytes.Reader
	name string
}

func (f *servedFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *servedFile) Name() string               { return f.name }
func (f *servedFile) Size() int64                { return f.Reader.Size() }
func (f *servedFile) Close() error               { return nil }

// Package web holds the files that browsers get: the visitor's page, the widget,
// the agents' console and the operator page. There is no build step and no bundler: the
// browser runs the files of this folder, without their comments; the widget's are one script.
package web

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed index.html agent.html ops.html widget.js
//go:embed widget/*.js shared/*.js shared/*.css visitor/*.js visitor/*.css agent/*.js agent/*.css ops/*.js ops/*.css icons/*.svg
//go:embed vendor/*/*.js vendor/*/LICENSE
var embedded embed.FS

// Files are index.html, agent.html, ops.html, widget.js and what they load, under the
// paths that they have in this folder. Tests, tools and types are left out. So
// are comments and indentation, which are a third of the bytes. Lines keep their
// numbers, so that a browser's debugger points to the right place. The modules of widget.js
// are joined into it: sites load one classic script. (Directory entries report the sizes in
// this folder.)
var Files fs.FS = lean{embedded}

// lean takes comments and indentation out of our own scripts and styles. The
// vendored ones are served unchanged, with their licenses.
type lean struct{ embed.FS }

// ReadFile returns the file as it is served.
func (l lean) ReadFile(name string) ([]byte, error) {
	body, err := l.FS.ReadFile(name)
	if err == nil && name == "widget.js" {
		body, err = l.joined(body)
	}
	if err != nil || strings.HasPrefix(name, "vendor/") {
		return body, err
	}
	switch path.Ext(name) {
	case ".js":
		body = take(lineComment, take(docComment, body))
	case ".css":
		body = take(styleComment, body)
	default:
		return body, nil
	}
	return indentation.ReplaceAll(body, nil), nil
}

// joined puts the modules that an entry names, in its order, into one function, without
// what makes them modules. tools/lean.mjs does the same for the tests.
func (l lean) joined(entry []byte) ([]byte, error) {
	var failed error
	whole := part.ReplaceAllFunc(entry, func(line []byte) []byte {
		body, err := l.FS.ReadFile(string(part.FindSubmatch(line)[1]))
		failed = errors.Join(failed, err)
		return export.ReplaceAll(part.ReplaceAll(body, nil), nil)
	})
	return slices.Concat([]byte("(() => {'use strict';"), whole, []byte("})();\n")), failed
}

// The modules of the widget have imports and exports in these two forms only.
var (
	part   = regexp.MustCompile(`(?m)^import .*'\./((?:widget/)?[a-z]+\.js)';\n`)
	export = regexp.MustCompile(`(?m)^export `)
)

// Open opens the file as it is served.
func (l lean) Open(name string) (fs.File, error) {
	f, err := l.FS.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return f, err
	}
	body, err := l.ReadFile(name)
	return &leanFile{FileInfo: info, Reader: bytes.NewReader(body)}, err
}

type leanFile struct {
	fs.FileInfo
	*bytes.Reader
}

func (f *leanFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *leanFile) Size() int64                { return f.Reader.Size() }
func (f *leanFile) Close() error               { return nil }

// Our own scripts have comments in these two forms only, and neither form occurs
// in a string. test/files.test.js checks that the served scripts have the same tokens.
var (
	docComment   = regexp.MustCompile(`(?s)/\*\*.*?\*/`)
	lineComment  = regexp.MustCompile(`(?m)^[ \t]*//.*$`)
	styleComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	indentation  = regexp.MustCompile(`(?m)^[ \t]+`)
)

// take removes each match except the line breaks in it.
func take(what *regexp.Regexp, body []byte) []byte {
	return what.ReplaceAllFunc(body, func(match []byte) []byte {
		return bytes.Repeat([]byte("\n"), bytes.Count(match, []byte("\n")))
	})
}

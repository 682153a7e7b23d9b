package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// kindOf says what becomes of a file that a page names.
type kindOf int

const (
	module  kindOf = iota // a module with all that it imports, as one module
	part                  // a module that a page loads later, without what the page hands to it
	script                // a classic script with all that it imports, as one script
	oldest                // a classic script that old browsers must understand too
	styling               // a style sheet with all that it imports
)

// bundle is one file made of several: without comments and line breaks, and what describes
// it to a browser's debugger. Modules that are imported later are in it, too, but don't run
// before that: one request more would cost more than their bytes.
type bundle struct {
	body, sourceMap []byte
}

// notice begins each script: the libraries in it have licenses that must go with them.
const notice = "/* Parley, and in the pages Preact, Signals, HTM and Marked: see LICENSE of Parley, and vendor/…/LICENSE beside this folder. */"

// bundled makes the bundle of an entry. It takes some ten milliseconds.
func bundled(files fs.FS, entry string, kind kindOf) (*bundle, error) {
	options := api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{{InputPath: entry, OutputPath: strings.TrimSuffix(entry, path.Ext(entry))}},
		Outdir:              "/", AbsWorkingDir: "/", Bundle: true, Target: api.ESNext, Charset: api.CharsetUTF8,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LegalComments: api.LegalCommentsNone,
		Sourcemap: api.SourceMapLinked, LogLevel: api.LogLevelSilent,
		Plugins: []api.Plugin{readingFrom(files)},
	}
	if kind == part {
		options.Plugins = append([]api.Plugin{handedOver(files, path.Dir(entry))}, options.Plugins...)
	}
	switch kind {
	case module, part:
		options.Format, options.Banner = api.FormatESModule, map[string]string{"js": notice}
	case script:
		options.Format = api.FormatIIFE
		// A module is strict, and a page that joins scripts must not become so.
		options.Banner, options.Footer = map[string]string{"js": "(()=>{'use strict';"}, map[string]string{"js": "})();"}
	case oldest:
		options.Format, options.Target = api.FormatIIFE, api.ES5
	}
	made := api.Build(options)
	var failed error
	for _, message := range append(made.Errors, made.Warnings...) {
		where := entry
		if message.Location != nil {
			where = fmt.Sprintf("%s:%d", message.Location.File, message.Location.Line)
		}
		failed = errors.Join(failed, fmt.Errorf("bundle %s: %s: %s", entry, where, message.Text))
	}
	if failed != nil {
		return nil, failed
	}
	b := &bundle{}
	for _, file := range made.OutputFiles {
		if strings.HasSuffix(file.Path, ".map") {
			b.sourceMap, failed = placed(files, file.Contents, entry)
			if failed != nil {
				return nil, failed
			}
		} else {
			b.body = file.Contents
		}
	}
	return b, nil
}

// placed names the sources of an entry's map by paths from that entry, and puts them back as
// they were written.
func placed(files fs.FS, sourceMap []byte, entry string) ([]byte, error) {
	var parts struct {
		Version        int      `json:"version"`
		Sources        []string `json:"sources"`
		SourcesContent []string `json:"sourcesContent"`
		Mappings       string   `json:"mappings"`
		Names          []string `json:"names"`
	}
	if err := json.Unmarshal(sourceMap, &parts); err != nil {
		return nil, fmt.Errorf("read the map of %s: %w", entry, err)
	}
	up := strings.Repeat("../", strings.Count(entry, "/"))
	for i, source := range parts.Sources {
		name, written := strings.CutPrefix(source, embeddedFiles+":")
		if !written {
			continue // what a page hands over is a line that nobody wrote
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read a source of %s: %w", entry, err)
		}
		parts.Sources[i], parts.SourcesContent[i] = up+name, string(body)
	}
	return json.Marshal(parts)
}

// indented is white space that says nothing: a line's beginning is for who reads the module.
// In the markup of a template it would be sent to every browser.
var indented = regexp.MustCompile(`(?m)^[ \t]+`)

// embeddedFiles is what the bundler calls where its sources are.
const embeddedFiles = "web"

// readingFrom has all that is bundled read from files, and from nowhere else.
func readingFrom(files fs.FS) api.Plugin {
	return api.Plugin{Name: "embedded", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "."}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if args.Kind != api.ResolveEntryPoint && !strings.HasPrefix(args.Path, ".") {
				return api.OnResolveResult{}, fmt.Errorf("%s is not a relative path", args.Path)
			}
			return api.OnResolveResult{Path: path.Join(path.Dir(args.Importer), args.Path), Namespace: embeddedFiles}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".", Namespace: embeddedFiles}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			body, err := fs.ReadFile(files, args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text, loader := string(indented.ReplaceAll(body, nil)), api.LoaderJS
			if path.Ext(args.Path) == ".css" {
				loader = api.LoaderCSS
			}
			return api.OnLoadResult{Contents: &text, Loader: loader}, nil
		})
	}}
}

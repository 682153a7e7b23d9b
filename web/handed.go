package web

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"

	"github.com/evanw/esbuild/pkg/api"
)

// handedFile is the module of a page's folder that says what the page hands to the modules
// of the same folder that it loads later.
const handedFile = "handed.js"

// handed finds what such a module names: a name, and where it is from.
var handed = regexp.MustCompile(`(?m)^import \* as (\w+) from '(\S+)';$`)

// handedOver lets modules that are loaded later import what their page has already, as if
// it were in their own bundle. It is the page's: two copies of what holds state would each
// have a state of their own. A folder without such a file hands over nothing.
func handedOver(files fs.FS, folder string) api.Plugin {
	const namespace = "handed"
	return api.Plugin{Name: namespace, Setup: func(build api.PluginBuild) {
		text, err := fs.ReadFile(files, path.Join(folder, handedFile))
		if err != nil {
			return
		}
		names := map[string]string{}
		for _, found := range handed.FindAllStringSubmatch(string(text), -1) {
			names[path.Join(folder, found[2])] = found[1]
		}
		build.OnResolve(api.OnResolveOptions{Filter: `^\.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			if name := names[path.Join(path.Dir(args.Importer), args.Path)]; name != "" {
				return api.OnResolveResult{Path: name, Namespace: namespace}, nil
			}
			return api.OnResolveResult{}, nil // the next one finds it
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".", Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			text := fmt.Sprintf("module.exports = globalThis[Symbol.for('parley.handed')].%s;", args.Path)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
		})
	}}
}

package knowledge

import (
	"io/fs"
	"os"
	"strings"
)

// Size returns about how many bytes of pages the folder at that path holds, without reading
// them; at least 0, whatever is wrong with the folder.
func Size(path string) (bytes int64) {
	looked := 0
	_ = fs.WalkDir(os.DirFS(path), ".", func(name string, d fs.DirEntry, err error) error {
		if looked++; err != nil || looked > maxLooked {
			return fs.SkipAll
		}
		switch hidden := name != "." && strings.HasPrefix(d.Name(), "."); {
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden || d.IsDir() || !isPage(name):
			return nil
		}
		if info, err := d.Info(); err == nil {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// Package board generates Parley's dashboards, so that they look alike.
package board

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Source is the uid of the Prometheus that Grafana queries.
const Source = "prometheus"

// board is one dashboard: rows of panels, each with a heading.
type board struct {
	name, title, about string
	rows               []row
}

type row struct {
	title  string
	panels []panel
}

// panel is one graph, number or table.
type panel struct {
	kind    string // lines, number or table
	title   string
	about   string // one sentence
	unit    string // Grafana's name for it
	queries []query
	warn    float64 // from here on, a number is colored as a warning; 0: never
	wide    bool
}

type query struct{ expr, legend string }

func lines(title, unit, about string, queries ...query) panel {
	return panel{kind: "lines", title: title, unit: unit, about: about, queries: queries}
}

func number(title, unit, about, expr string) panel {
	return panel{kind: "number", title: title, unit: unit, about: about, queries: []query{{expr, ""}}}
}

// from colors a number from a value on.
func (p panel) from(warn float64) panel { p.warn = warn; return p }

func (p panel) across() panel { p.wide = true; return p }

// Units, by Grafana's names.
const (
	count     = "short"
	perSecond = "ops"
	seconds   = "s"
	size      = "bytes"
	sizeRate  = "Bps"
	share     = "percentunit"
)

type object map[string]any

var source = object{"type": "prometheus", "uid": Source}

// All returns the dashboards by the names of their files.
func All() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, b := range []board{overview(), gateway(), botworker(), escalation(), historyworker(), web()} {
		text, err := b.json()
		if err != nil {
			return nil, fmt.Errorf("make the dashboard %s: %w", b.name, err)
		}
		files[b.name+".json"] = text
	}
	return files, nil
}

func (b board) json() ([]byte, error) {
	var panels []any
	id, y := 0, 0
	for _, r := range b.rows {
		id++
		panels = append(panels, object{"id": id, "type": "row", "title": r.title, "collapsed": false, "panels": []any{}, "gridPos": place(0, y, 24, 1)})
		y++
		x, high := 0, 0
		for _, p := range r.panels {
			w, h := p.extent()
			if x+w > 24 {
				x, y = 0, y+high
			}
			id++
			panels = append(panels, p.json(id, place(x, y, w, h)))
			x, high = x+w, h
		}
		y += high
	}
	out := object{
		"uid": "parley-" + b.name, "title": b.title, "description": b.about, "tags": []string{"parley"},
		"schemaVersion": 39, "version": 1, "editable": true, "graphTooltip": 1, "timezone": "browser", "refresh": "30s", "weekStart": "", "fiscalYearStartMonth": 0, "liveNow": false,
		"time":        object{"from": "now-1h", "to": "now"},
		"timepicker":  object{},
		"annotations": object{"list": []any{}},
		// To each other, keeping the selected time range.
		"links": []any{object{
			"type": "dashboards", "tags": []string{"parley"}, "title": "Parley", "icon": "external link", "asDropdown": false, "includeVars": true, "keepTime": true, "targetBlank": false, "tooltip": "", "url": "",
		}},
		// No variables; with several Parleys, filter by namespace here.
		"templating": object{"list": []any{object{"type": "adhoc", "name": "filter", "label": "Filter", "datasource": source, "filters": []any{}, "hide": 0, "skipUrlSync": false}}},
		"panels":     panels,
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(out)
	return buf.Bytes(), err
}

func place(x, y, w, h int) object { return object{"x": x, "y": y, "w": w, "h": h} }

func (p panel) extent() (w, h int) {
	switch {
	case p.kind == "number":
		return 3, 4
	case p.wide:
		return 24, 6
	}
	return 8, 8
}

func (p panel) json(id int, where object) object {
	o := object{"id": id, "title": p.title, "description": p.about, "datasource": source, "gridPos": where, "targets": p.targets()}
	steps := []any{object{"color": "text", "value": nil}}
	if p.warn != 0 {
		steps = []any{object{"color": "text", "value": nil}, object{"color": "orange", "value": p.warn}}
	}
	defaults := object{"unit": p.unit, "min": 0, "thresholds": object{"mode": "absolute", "steps": steps}}
	switch p.kind {
	case "number":
		o["type"] = "stat"
		o["options"] = object{
			"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "orientation": "auto", "textMode": "value", "wideLayout": true,
			"reduceOptions": object{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
		}
	case "table":
		o["type"] = "table"
		o["options"] = object{"showHeader": true, "cellHeight": "sm"}
		o["transformations"] = []any{object{"id": "organize", "options": object{"excludeByName": object{"Time": true, "Value": true, "__name__": true, "alertstate": true}}}}
		delete(defaults, "min")
	default:
		o["type"] = "timeseries"
		o["options"] = object{
			"legend":  object{"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []string{}},
			"tooltip": object{"mode": "multi", "sort": "desc"},
		}
		defaults["color"] = object{"mode": "palette-classic"}
		defaults["custom"] = object{"drawStyle": "line", "lineWidth": 1, "fillOpacity": 5, "showPoints": "never", "spanNulls": false, "axisSoftMin": 0, "stacking": object{"mode": "none", "group": "A"}}
	}
	o["fieldConfig"] = object{"defaults": defaults, "overrides": []any{}}
	return o
}

func (p panel) targets() []any {
	var list []any
	for i, q := range p.queries {
		t := object{"refId": string(rune('A' + i)), "datasource": source, "editorMode": "code", "expr": q.expr, "range": p.kind == "lines", "instant": p.kind != "lines"}
		if q.legend != "" {
			t["legendFormat"] = q.legend
		}
		if p.kind == "table" {
			t["format"] = "table"
		}
		list = append(list, t)
	}
	return list
}

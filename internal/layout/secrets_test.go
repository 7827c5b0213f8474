package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// sources calls f with every Go file of the programs, tests left out, by its path below the top
// of the tree.
func sources(t *testing.T, f func(path string, set *token.FileSet, file *ast.File)) {
	t.Helper()
	count := 0
	for _, folder := range []string{"codes", "fingerprint", "activator", "protector", "tui", "cmd"} {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			count++
			f(strings.TrimPrefix(filepath.ToSlash(path), "../../"), set, file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if count < 200 {
		t.Fatalf("have %d files, want at least 200", count)
	}
}

// constant are the functions that compare secrets, by file.
var constant = map[string]string{
	"codes/tag.go":            "EqualTags",
	"codes/keys.go":           "Equal",
	"codes/serial.go":         "BelongsTo",
	"activator/claims.go":     "is",
	"protector/recordtext.go": "decodeRecord",
}

// Tags and keys are compared in constant time: nowhere by an operator, and each
// function that compares them asks crypto/subtle or crypto/hmac.
func TestTagsAreComparedInConstantTime(t *testing.T) {
	found := map[string]int{}
	sources(t, func(path string, set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if (n.Op == token.EQL || n.Op == token.NEQ) && (tag(n.X) || tag(n.Y)) {
					t.Errorf("%s: have a tag compared by %s, want codes.EqualTags", set.Position(n.Pos()), n.Op)
				}
			case *ast.FuncDecl:
				if constant[path] == n.Name.Name {
					found[path]++
					if !comparesInConstantTime(n) {
						t.Errorf("%s: %s has no comparison of crypto/subtle or crypto/hmac, want one", set.Position(n.Pos()), n.Name.Name)
					}
				}
			}
			return true
		})
	})
	for path, name := range constant {
		if found[path] == 0 {
			t.Errorf("%s: have no function %s, want the one that compares", path, name)
		}
	}
}

// tag reports whether an expression is called a tag.
func tag(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return strings.EqualFold(e.Sel.Name, "tag")
	case *ast.Ident:
		return strings.EqualFold(e.Name, "tag")
	case *ast.CallExpr:
		s, ok := e.Fun.(*ast.SelectorExpr)
		return ok && strings.HasSuffix(s.Sel.Name, "Tag")
	}
	return false
}

func comparesInConstantTime(f *ast.FuncDecl) (yes bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if s, ok := call.Fun.(*ast.SelectorExpr); ok {
			if p, ok := s.X.(*ast.Ident); ok {
				yes = yes || p.Name == "subtle" && strings.HasPrefix(s.Sel.Name, "ConstantTime") || p.Name == "hmac" && s.Sel.Name == "Equal"
			}
		}
		return true
	})
	return yes
}

// What the programs draw comes from crypto/rand, which they are given: nothing that
// can be foretold is linked where it could be taken for it.
func TestRandomnessCannotBeForetold(t *testing.T) {
	sources(t, func(path string, _ *token.FileSet, file *ast.File) {
		for _, i := range file.Imports {
			if strings.HasPrefix(i.Path.Value, `"math/rand`) {
				t.Errorf("%s imports %s, want crypto/rand only", path, i.Path.Value)
			}
		}
	})
}

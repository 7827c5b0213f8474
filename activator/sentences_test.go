package activator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ruleFiles are the files that judge codes and changes, beside those with a method of
// ruling, which are found by it.
var ruleFiles = []string{"parameter.go", "history.go", "state.go", "reading.go"}

// words is two words next to each other: English, not a name or a format.
var words = regexp.MustCompile(`\pL{2,},? \pL{2,}`)

// What the desk says stands in the sentences*.go files, so that one person can read
// it in one go: rules give no text of their own to a check, and hold none.
func TestRulesHoldNoSentences(t *testing.T) {
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls, rules := 0, 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "sentences") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		isRule := slices.Contains(ruleFiles, name)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				isRule = isRule || n.Recv != nil && receiver(n) == "ruling"
			case *ast.CallExpr:
				if detail := detailOf(n); detail != nil {
					calls++
					for _, lit := range texts(detail) {
						t.Errorf("%v: a check's detail has the text %s: give it a name in sentences*.go", fset.Position(lit.Pos()), lit.Value)
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "aside" || key.Name == "StateNote") {
					for _, lit := range texts(n.Value) {
						t.Errorf("%v: %s has the text %s: give it a name in sentences*.go", fset.Position(lit.Pos()), key.Name, lit.Value)
					}
				}
			}
			return true
		})
		if !isRule {
			continue
		}
		rules++
		for _, lit := range texts(f, "panic", "Errorf") {
			if text, _ := strconv.Unquote(lit.Value); words.MatchString(text) {
				t.Errorf("%v: a file of rules says %s: give it a name in sentences*.go", fset.Position(lit.Pos()), lit.Value)
			}
		}
	}
	if calls < 50 || rules < 8 {
		t.Fatalf("have %d checks in %d files of rules: the test does not find them any more", calls, rules)
	}
}

// detailOf is what a call gives to a check as its detail; nil for other calls.
func detailOf(call *ast.CallExpr) ast.Expr {
	if len(call.Args) != 2 {
		return nil
	}
	switch called(call) {
	case "pass", "warn", "skip", "refuse", "doubt":
		return call.Args[1]
	}
	return nil
}

// texts are the string literals below n, but for those given to the functions left
// out: a panic and a damaged journal speak to programmers.
func texts(n ast.Node, but ...string) (lits []*ast.BasicLit) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			return !slices.Contains(but, called(n))
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				lits = append(lits, n)
			}
		}
		return true
	})
	return lits
}

// called is the name of the function or method that is called.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// receiver is the name of a method's type.
func receiver(f *ast.FuncDecl) string {
	typ := f.Recv.List[0].Type
	if p, ok := typ.(*ast.StarExpr); ok {
		typ = p.X
	}
	name, _ := typ.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}

using System.Diagnostics.CodeAnalysis;

namespace Promises.Selectors;

/// <summary>
/// Reads the string form of label selectors: <c>k=v</c>, <c>k==v</c>, <c>k!=v</c>, <c>k in (a,b)</c>, <c>k notin (a,b)</c>, <c>k</c>, <c>!k</c>, <c>k&gt;5</c>, <c>k&lt;5</c>,
/// joined by commas. The grammar, oddities included, is that of Kubernetes' <c>labels.Parse</c>.
/// </summary>
public static class LabelSelectorText
{
    /// <summary>Parses; <paramref name="error"/> is a sentence for people.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LabelQuery? query, [NotNullWhen(false)] out string? error)
    {
        query = null;
        if (text.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n')))
        {
            error = "A label selector holds no control characters.";
            return false;
        }

        var parser = new Parser(Tokens(text));
        var requirements = parser.Requirements();
        error = parser.Error;
        if (error is not null) return false;
        query = new LabelQuery(requirements);
        return true;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsSymbol(char c) => c is '=' or '!' or '(' or ')' or ',' or '>' or '<';

    private static List<string> Tokens(string text)
    {
        var tokens = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            if (IsSpace(text[at])) at++;
            else if (text[at] is '(' or ')' or ',') tokens.Add(text[at++..at]);
            else if (IsSymbol(text[at]))
            {
                // Greedy, as Kubernetes' lexer is: "x==a" holds "==", and "x<=1" holds "<=", which is nothing.
                while (at < text.Length && text[at] is '=' or '!' or '>' or '<' && IsOperatorStart(text[start..(at + 1)])) at++;
                tokens.Add(text[start..at]);
            }
            else
            {
                while (at < text.Length && !IsSpace(text[at]) && !IsSymbol(text[at])) at++;
                tokens.Add(text[start..at]);
            }
        }

        return tokens;
    }

    private static bool IsOperatorStart(string text) => text is "=" or "==" or "!" or "!=" or ">" or "<";

    private sealed class Parser(List<string> tokens)
    {
        private int _at;

        public string? Error { get; private set; }

        private string? Next => _at < tokens.Count ? tokens[_at] : null;

        public List<QueryRequirement> Requirements()
        {
            var requirements = new List<QueryRequirement>();
            if (Next is null) return requirements;
            while (true)
            {
                if (Requirement() is not { } requirement) return [];
                requirements.Add(requirement);
                if (Next is null) return requirements;
                if (Next != ",") return Fail<List<QueryRequirement>>($"Found '{Next}' where a comma or the end should be.") ?? [];
                _at++;
                if (Next is null) return Fail<List<QueryRequirement>>("The selector ends in a comma.") ?? [];
            }
        }

        private QueryRequirement? Requirement()
        {
            var negated = Next == "!";
            if (negated) _at++;
            if (Next is not { } key || IsSymbol(key[0])) return Fail<QueryRequirement>($"Found '{Next ?? "the end"}' where a label key should be.");
            if (!LabelRules.IsKey(key)) return Fail<QueryRequirement>($"'{key}' is not a label key.");
            _at++;
            if (negated) return new QueryRequirement(key, QueryOperator.DoesNotExist, []);

            var symbol = Next;
            if (symbol is null or ",") return new QueryRequirement(key, QueryOperator.Exists, []);
            _at++;
            switch (symbol)
            {
                case "in": return Set(key, QueryOperator.In);
                case "notin": return Set(key, QueryOperator.NotIn);
                case "=" or "==": return Exact(key, QueryOperator.In);
                case "!=": return Exact(key, QueryOperator.NotIn);
                case ">": return Number(key, QueryOperator.GreaterThan);
                case "<": return Number(key, QueryOperator.LessThan);
                default: return Fail<QueryRequirement>($"Found '{symbol}' after '{key}' where one of =, ==, !=, in, notin, >, < should be.");
            }
        }

        private QueryRequirement? Exact(string key, QueryOperator @operator)
        {
            if (Next is null or ",") return new QueryRequirement(key, @operator, [""]);
            return Value() is { } value ? new QueryRequirement(key, @operator, [value]) : null;
        }

        private QueryRequirement? Number(string key, QueryOperator @operator)
        {
            if (Value() is not { } value) return null;
            return QueryRequirement.Number(value) is null
                ? Fail<QueryRequirement>($"'{value}' is not an integer; > and < compare integers.")
                : new QueryRequirement(key, @operator, [value]);
        }

        private QueryRequirement? Set(string key, QueryOperator @operator)
        {
            if (Next != "(") return Fail<QueryRequirement>($"Found '{Next ?? "the end"}' where '(' should be.");
            var values = new SortedSet<string>(StringComparer.Ordinal);
            do
            {
                _at++;
                // Nothing between two commas, or a comma and a parenthesis, is the empty value.
                if (Next is "," or ")") values.Add("");
                else if (Value() is { } value) values.Add(value);
                else return null;
            }
            while (Next == ",");

            if (Next != ")") return Fail<QueryRequirement>($"Found '{Next ?? "the end"}' where ',' or ')' should be.");
            _at++;
            return new QueryRequirement(key, @operator, [.. values]);
        }

        private string? Value()
        {
            if (Next is not { } value || IsSymbol(value[0])) return Fail<string>($"Found '{Next ?? "the end"}' where a value should be.");
            if (!LabelRules.IsValue(value)) return Fail<string>($"'{value}' is not a label value.");
            _at++;
            return value;
        }

        private T? Fail<T>(string error) where T : class
        {
            Error ??= error;
            return null;
        }
    }
}

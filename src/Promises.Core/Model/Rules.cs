namespace Promises.Model;

/// <summary>The closed list of rules that <see cref="FieldError.Rule"/> names; part of the API contract.</summary>
public static class Rules
{
    public const string UnknownField = "unknown-field";
    public const string UnknownKind = "unknown-kind";
    public const string WrongType = "wrong-type";
    public const string Required = "required";
    public const string Name = "name";
    public const string LabelKey = "label-key";
    public const string LabelValue = "label-value";
    public const string Selector = "selector";
    public const string EmptySelector = "empty-selector";
    public const string PlacementMissing = "placement-missing";
    public const string PlacementAmbiguous = "placement-ambiguous";
    public const string UnknownEnvironment = "unknown-environment";
    public const string UnknownStateStore = "unknown-state-store";
    public const string UnknownCredential = "unknown-credential";
    public const string UnknownPromise = "unknown-promise";
    public const string Enum = "enum";
    public const string Range = "range";
    public const string TooLong = "too-long";
    public const string IdempotencyKey = "idempotency-key";
    public const string Path = "path";
    public const string PathInUse = "path-in-use";
    public const string Url = "url";
    public const string Branch = "branch";
    public const string DuplicateKey = "duplicate-key";
    public const string DuplicateObject = "duplicate-object";
    public const string ObjectIdentity = "object-identity";
    public const string GenerateName = "generate-name";
    public const string SecretData = "secret-data";
    public const string TooDeep = "too-deep";
    public const string Aliases = "aliases";
    public const string ControlCharacter = "control-character";
    public const string YamlTag = "yaml-tag";
    public const string SeveralDocuments = "several-documents";
    public const string Cycle = "cycle";
    public const string Version = "version";
    public const string VersionRange = "version-range";
    public const string Immutable = "immutable";
    public const string ReservedLabel = "reserved-label";
    public const string Ladder = "ladder";
    public const string NotNeighbours = "not-neighbours";
    public const string NotSupportedYet = "not-supported-yet";

    public static IReadOnlyList<string> All { get; } =
    [
        UnknownField, UnknownKind, WrongType, Required, Name, LabelKey, LabelValue, Selector, EmptySelector, PlacementMissing,
        PlacementAmbiguous, UnknownEnvironment, UnknownStateStore, UnknownCredential, UnknownPromise, Enum, Range, TooLong,
        IdempotencyKey, Path, PathInUse, Url, Branch, DuplicateKey, DuplicateObject, ObjectIdentity, GenerateName, SecretData,
        TooDeep, Aliases, ControlCharacter, YamlTag, SeveralDocuments, Cycle, Version, VersionRange, Immutable, ReservedLabel,
        Ladder, NotNeighbours, NotSupportedYet,
    ];
}

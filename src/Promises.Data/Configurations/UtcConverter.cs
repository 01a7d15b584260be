using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Promises.Data.Configurations;

/// <summary>timestamptz takes offset 0 only, and clients send times with any offset.</summary>
internal sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(time => time.ToUniversalTime(), time => time);

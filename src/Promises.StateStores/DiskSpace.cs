using System.Globalization;

namespace Promises.StateStores;

/// <summary>Tells a full disk from other troubles with files, and which disk it is.</summary>
public static class DiskSpace
{
    private const int NoSpace = 28, FileTooLarge = 27, QuotaExceeded = 122;

    /// <summary>With less than this left git may fail anywhere, and what it began and removed again is left once more.</summary>
    private const long Least = 256 * 1024;

    public static bool IsFull(IOException failure) => failure.HResult is NoSpace or FileTooLarge or QuotaExceeded;

    /// <summary>Of the fullest disk that some directories lie on.</summary>
    public static DiskState Of(params IEnumerable<string> directories)
    {
        var there = directories.Where(Directory.Exists).ToList();
        try
        {
            if (there.Select(directory => new DriveInfo(directory)).MinBy(disk => disk.AvailableFreeSpace) is not { } fullest) return new DiskState(false, "");
            var left = fullest.AvailableFreeSpace;
            return new DiskState(left < Least, string.Create(CultureInfo.InvariantCulture, $"The disk of {fullest.Name} has {Megabytes(left)} MB left of {Megabytes(fullest.TotalSize)}."));
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new DiskState(false, $"It is the disk of {string.Join(" or ", there)}.");
        }
    }

    private static double Megabytes(long bytes) => Math.Round(bytes / 1_000_000.0, 1);
}

/// <param name="IsFull">Whatever fails there fails for that reason; git does not always say so.</param>
/// <param name="Description">As a sentence: which disk it is, and what is left of it.</param>
public sealed record DiskState(bool IsFull, string Description);

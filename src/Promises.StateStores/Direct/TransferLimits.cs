namespace Promises.StateStores;

/// <summary>The time limits of one transfer: of all of it, and of the silence within it.</summary>
internal sealed class TransferLimits : IDisposable
{
    private readonly TimeSpan _most;
    private readonly CancellationTokenSource _whole;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;

    public TransferLimits(GitOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        _most = options.SilenceLimit;
        _whole = new CancellationTokenSource(options.TransferLimit, time);
        _silence = new CancellationTokenSource(_most, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _whole.Token, _silence.Token);
    }

    public CancellationToken Token => _either.Token;

    public bool HavePassed => _whole.IsCancellationRequested || _silence.IsCancellationRequested;

    /// <summary>Something was sent or received.</summary>
    public void Moved() => _silence.CancelAfter(_most);

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
        _whole.Dispose();
    }
}

/** What the keys that cells cite stand for. A test holds that none is missing. */
export const bibliography: Readonly<Record<string, string>> = {
  ba2016: 'J. L. Ba, J. R. Kiros, G. E. Hinton: Layer normalization. arXiv:1607.06450, 2016',
  beck2024: 'M. Beck et al.: xLSTM: Extended long short-term memory. arXiv:2405.04517, 2024',
  bradbury2017: 'J. Bradbury, S. Merity, C. Xiong, R. Socher: Quasi-recurrent neural networks. ICLR 2017',
  chen2017:
    'M. Chen: MinimalRNN: Toward more interpretable and trainable recurrent neural networks. arXiv:1711.06788, 2017',
  cho2014:
    'K. Cho et al.: Learning phrase representations using RNN encoder–decoder for statistical machine translation. EMNLP 2014',
  collins2016:
    'J. Collins, J. Sohl-Dickstein, D. Sussillo: Capacity and trainability in recurrent neural networks. arXiv:1611.09913, 2016',
  elman1990: 'J. L. Elman: Finding structure in time. Cognitive Science 14, 1990',
  feng2024: 'L. Feng et al.: Were RNNs all we needed? arXiv:2410.01201, 2024',
  gers2000forget:
    'F. A. Gers, J. Schmidhuber, F. Cummins: Learning to forget: Continual prediction with LSTM. Neural Computation 12, 2000',
  gers2000peephole: 'F. A. Gers, J. Schmidhuber: Recurrent nets that time and count. IJCNN 2000',
  gers2002:
    'F. A. Gers, N. N. Schraudolph, J. Schmidhuber: Learning precise timing with LSTM recurrent networks. JMLR 3, 2002',
  greff2017:
    'K. Greff, R. K. Srivastava, J. Koutník, B. R. Steunebrink, J. Schmidhuber: LSTM: A search space odyssey. IEEE TNNLS 28, 2017',
  hasani2022:
    'R. Hasani et al.: Closed-form continuous-time neural networks. Nature Machine Intelligence 4, 2022',
  hochreiter1997: 'S. Hochreiter, J. Schmidhuber: Long short-term memory. Neural Computation 9, 1997',
  jordan1986:
    'M. I. Jordan: Attractor dynamics and parallelism in a connectionist sequential machine. Cognitive Science Society, 1986',
  jozefowicz2015:
    'R. Jozefowicz, W. Zaremba, I. Sutskever: An empirical exploration of recurrent network architectures. ICML 2015',
  kim2017:
    'J. Kim, M. El-Khamy, J. Lee: Residual LSTM: Design of a deep recurrent architecture for distant speech recognition. Interspeech 2017',
  krause2017:
    'B. Krause, I. Murray, S. Renals, L. Lu: Multiplicative LSTM for sequence modelling. ICLR workshop 2017',
  le2015:
    'Q. V. Le, N. Jaitly, G. E. Hinton: A simple way to initialize recurrent networks of rectified linear units. arXiv:1504.00941, 2015',
  lei2018:
    'T. Lei, Y. Zhang, S. I. Wang, H. Dai, Y. Artzi: Simple recurrent units for highly parallelizable recurrence. EMNLP 2018',
  li2018: 'S. Li, W. Li, C. Cook, C. Zhu, Y. Gao: Independently recurrent neural network (IndRNN). CVPR 2018',
  neil2016:
    'D. Neil, M. Pfeiffer, S.-C. Liu: Phased LSTM: Accelerating recurrent network training for long or event-based sequences. NIPS 2016',
  orvieto2023: 'A. Orvieto et al.: Resurrecting recurrent neural networks for long sequences. ICML 2023',
  sak2014:
    'H. Sak, A. Senior, F. Beaufays: Long short-term memory recurrent neural network architectures for large scale acoustic modeling. Interspeech 2014',
  westhuizen2018:
    'J. van der Westhuizen, J. Lasenby: The unreasonable effectiveness of the forget gate. arXiv:1804.04849, 2018',
  zhang2016:
    'Y. Zhang et al.: Highway long short-term memory RNNs for distant speech recognition. ICASSP 2016',
  zhou2016:
    'G.-B. Zhou, J. Wu, C.-L. Zhang, Z.-H. Zhou: Minimal gated unit for recurrent neural networks. International Journal of Automation and Computing 13, 2016',
  zilly2017:
    'J. G. Zilly, R. K. Srivastava, J. Koutník, J. Schmidhuber: Recurrent highway networks. ICML 2017',
}
